/* The live board: events over server-sent events, refreshed in bundles; tells when it is not live. */
import { keepFor, say } from "./toast.js";

const region = document.getElementById("toasts");
const board = document.querySelector("main.day");
const sign = document.getElementById("live");
const sound = document.getElementById("sound");
const NEW = new Set(["booking.requested", "booking.confirmed"]);
const MOVED = ["booking.rescheduled", "booking.changed"];
const TOLD = new Set([...NEW, ...MOVED, "booking.cancelled", "conversation.customer_wrote"]);
const GAP_MS = 700;
const NEWS_GAP_MS = 60;
const SLOWEST_MS = 30000;

let source = null;
let wait = 1000;
let wasLost = false;
let isReplaced = false;
let isLate = false;
let last = 0;
let timer = 0;
let newsTimer = 0;
let newest = "";
/* Events to ask for; events that were told; bookings that get their ring when the board shows them. */
const fresh = new Set();
const told = new Set();
const rings = new Set();
const known = new Set(listIdsOnPage());

/* The day's visits, those that somebody only keeps while filling in the page among them, and the requests beside. */
function listIdsOnPage() {
  return [...document.querySelectorAll("main.day [data-booking]")].map((link) => Number(link.dataset.booking));
}

/* The first event refreshes at once, those that follow within the gap share one refresh. */
function refreshSoon() {
  clearTimeout(timer);
  timer = setTimeout(refresh, Math.max(0, last + GAP_MS - Date.now()));
}

/* A visit is being moved, or pressed before it is: the board stays the one that it is taken from. */
const isHeld = () => "moving" in document.body.dataset || "pressed" in document.body.dataset;

function refresh() {
  isLate = isHeld();
  if (isLate) return;
  last = Date.now();
  htmx.trigger(document.body, "board:refresh");
}
document.addEventListener("board:idle", refreshSoon);
document.addEventListener("board:released", () => {
  if (isLate) refreshSoon();
});

/* What was asked for before comes too late as well. */
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.requestConfig.triggeringEvent?.type !== "board:refresh" || !isHeld()) return;
  detail.shouldSwap = false;
  isLate = true;
});

/* Whatever the board shows or does meanwhile; events that come together are asked for together. */
function tellSoon() {
  if (!newsTimer) newsTimer = setTimeout(tellNews, NEWS_GAP_MS);
}

function tellNews() {
  newsTimer = 0;
  const query = new URLSearchParams([...fresh].map((id) => ["event", id]));
  if (newest) query.set("after", newest);
  fresh.clear();
  fetch(`${region.dataset.news}?${query}`, { headers: { "HX-Request": "true" } })
    .then((answer) => {
      if (!answer.ok || answer.redirected) return "";
      newest = answer.headers.get("Turnero-Newest-Event") || newest;
      return answer.text();
    })
    .then(showNews)
    .catch(() => {});
}

function showNews(html) {
  const part = document.createElement("template");
  part.innerHTML = html;
  const notices = [...part.content.querySelectorAll(".news")].filter(isUntold);
  for (const notice of notices) {
    region.append(notice);
    htmx.process(notice);
    say(notice.querySelector("div").innerText);
    keepFor(notice, 20000);
  }
  while (region.children.length > 4) region.firstElementChild.remove();
  if (notices.length) ring();
}

/* An event may be asked for twice: by its number, and as one after the last known. */
function isUntold(notice) {
  const ids = notice.dataset.events.split(" ").filter((id) => !told.has(id));
  for (const id of ids) told.add(id);
  return ids.length > 0;
}

/* New on the board since the page was opened: a ring around the visit for a moment. */
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target !== board) return;
  for (const id of listIdsOnPage()) {
    if (known.has(id) && !rings.has(id)) continue;
    known.add(id);
    rings.delete(id);
    for (const visit of document.querySelectorAll(`#board [data-booking="${id}"]`)) visit.classList.add("new");
  }
});

function show(state) {
  sign.classList.toggle("is-on", state === "on");
  sign.querySelector("span").textContent = sign.dataset[state];
}

function connect() {
  source = new EventSource(region.dataset.live);
  source.addEventListener("ready", () => {
    wait = 1000;
    show("on");
    if (wasLost || !last) refreshSoon();
    if (wasLost || !newest) tellSoon();
    wasLost = false;
  });
  source.addEventListener("refresh", () => {
    show("on");
    wasLost = false;
    refreshSoon();
    tellSoon();
  });
  source.addEventListener("down", () => {
    wasLost = true;
    show("off");
  });
  source.addEventListener("replaced", () => {
    source.close();
    isReplaced = true;
    wasLost = true;
    show("signedOut");
  });
  source.addEventListener("moved", (event) => {
    source.close();
    show("moved");
    const there = new URL(location.pathname + location.search, JSON.parse(event.data).home);
    const { moved: title, movedText, movedLink: label } = sign.dataset;
    const text = movedText.replace("{host}", there.host);
    const detail = { title, text, tone: "bad", stays: true, links: [{ label, url: there.href }] };
    document.dispatchEvent(new CustomEvent("turnero:toast", { detail }));
  });
  source.addEventListener("booking", (event) => {
    const { kind, subject_id: id } = JSON.parse(event.data);
    if (TOLD.has(kind)) {
      fresh.add(event.lastEventId);
      tellSoon();
    }
    if (NEW.has(kind)) rings.add(id);
    refreshSoon();
  });
  source.onerror = () => {
    wasLost = true;
    if (source.readyState === EventSource.CONNECTING) {
      // The stream ended as planned, or the line broke: say so only if it does not come back at once.
      setTimeout(() => {
        if (wasLost) show("off");
      }, 2500);
      return;
    }
    // Refused (signed out, suspended) or no server: try less and less often.
    show(wait > 4000 ? "signedOut" : "off");
    setTimeout(connect, wait);
    wait = Math.min(wait * 2, SLOWEST_MS);
  };
}

/* Off until asked for; a browser plays nothing before the first click anyway. */
function ring() {
  if (localStorage.getItem("sound") !== "on") return;
  const context = new AudioContext();
  const tone = context.createOscillator();
  const loudness = context.createGain();
  tone.frequency.value = 880;
  loudness.gain.setValueAtTime(0.08, context.currentTime);
  loudness.gain.exponentialRampToValueAtTime(0.0001, context.currentTime + 0.5);
  tone.connect(loudness).connect(context.destination);
  tone.start();
  tone.stop(context.currentTime + 0.5);
  tone.onended = () => context.close();
}
sound.hidden = false;
sound.setAttribute("aria-pressed", String(localStorage.getItem("sound") === "on"));
sound.addEventListener("click", () => {
  const isOn = sound.getAttribute("aria-pressed") !== "true";
  localStorage.setItem("sound", isOn ? "on" : "off");
  sound.setAttribute("aria-pressed", String(isOn));
  if (isOn) ring();
});

/* Not before htmx listens: what an early stream asks for would be lost, and the board stay as it was. */
document.addEventListener("DOMContentLoaded", connect);
/* Too many boards were open: this one rests until somebody looks at it. */
document.addEventListener("visibilitychange", () => {
  if (isReplaced && document.visibilityState === "visible") {
    isReplaced = false;
    connect();
  }
});
addEventListener("pagehide", () => source?.close());
addEventListener("pageshow", (event) => {
  if (event.persisted) {
    wasLost = true;
    connect();
  }
});
