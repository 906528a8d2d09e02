/* A new booking beside the board: the board stays, what is asked for is marked on it, and what was typed is kept. */
import { findMinute, formatMinute, getBoard, main, setLength, setMinute, STEP } from "./board-visits.js";
import { body, closePanel, comeFrom, getOpener, openPanel } from "./panel.js";

const SHORTEST = 30;
const roomy = matchMedia("(min-width: 721px)");
/* What was typed in a drawer that made way for something else: the next one begins with it. */
let kept = null;
let isTouched = false;
/* The drawer was closed and the mark has the focus, until it goes elsewhere. */
let isResting = false;
let sheet = null;
const boardUrl = location.pathname + location.search;

const getForm = () => body.querySelector("#new");
const getAddress = () => getBoard()?.dataset.new;

/* Its rules come with the first drawer: the board does not wait for them. */
function loadSheet() {
  sheet ??= new Promise((done) => {
    const link = document.getElementById("new-sheet").content.firstElementChild.cloneNode();
    link.onload = done;
    link.onerror = done;
    document.head.append(link);
  });
  return sheet;
}

/* Open the drawer. Its address is that of the page, which phones get: it can be sent on, and the back button closes it. */
async function open(url, { isNew = true } = {}) {
  await loadSheet();
  const typed = isTouched && getForm() ? new FormData(getForm()) : kept;
  const isThere = await (typed
    ? openPanel("POST", getAddress(), { values: addAsked(typed, new URL(url, location.href).searchParams) })
    : openPanel("GET", url));
  if (!isThere) return;
  kept = null;
  setTouched(Boolean(typed));
  if (isNew && history.state?.drawer) history.replaceState({ drawer: true }, "", url);
  else if (isNew) history.pushState({ drawer: true }, "", url);
  mark();
  const service = body.querySelector("[name=service]");
  (body.querySelector("#who") ?? service)?.focus();
}

/* What was typed stays; another place, or somebody who is here now, takes the place of what was chosen. */
function addAsked(typed, asked) {
  typed.set("do", "times");
  if (asked.has("time")) {
    typed.set("on", asked.get("date"));
    typed.set("time", asked.get("time"));
    typed.delete("starts_at");
  }
  if (asked.has("resource")) typed.set("resource", asked.get("resource"));
  if (asked.has("time")) typed.set("length", asked.get("length") ?? "");
  if (asked.has("walk_in") !== typed.has("walk_in")) {
    typed.delete("starts_at");
    typed.delete("time");
  }
  typed.delete("walk_in");
  if (asked.has("walk_in")) typed.set("walk_in", "1");
  return typed;
}

function setTouched(is) {
  isTouched = is;
  if (is) addEventListener("beforeunload", ask);
  else removeEventListener("beforeunload", ask);
}

function ask(event) {
  event.preventDefault();
}

/* What is asked for, marked on the board: a link that opens the drawer again. */
const place = document.createElement("li");
const draft = document.createElement("a");
draft.className = "draft";
draft.id = "draft";
place.append(draft);

function mark() {
  const chosen = readChosen();
  const column = chosen && main.querySelector(`.column[data-resource="${chosen.resource}"]`);
  const board = getBoard();
  if (!column || chosen.on !== board.dataset.date || !isInColumns(board)) {
    place.remove();
    return;
  }
  place.dataset.resource = chosen.resource;
  draft.href = makeUrl(chosen.on, chosen.time, chosen.resource, getForm().querySelector("[name=length]")?.value);
  draft.textContent = `+ ${formatMinute(chosen.minute)}`;
  draft.setAttribute("aria-label", `${column.dataset.name}, ${formatMinute(chosen.minute)}`);
  setMinute(draft, chosen.minute);
  setLength(draft, chosen.minutes);
  column.append(place);
}

/* The time that is chosen in the form, else the one that was pressed. */
function readChosen() {
  const form = getForm();
  if (!form) return null;
  const { on, time, zone, minutes } = form.querySelector("#choose").dataset;
  const instant = Date.parse(form.querySelector("[name=starts_at]:checked")?.value);
  const resource = form.querySelector("[name=resource]").value;
  const local = Number.isNaN(instant) ? [on, time] : readClock(instant, zone);
  const [hour, minute] = local[1].split(":").map(Number);
  if (!local[1] || !resource) return null;
  return { on: local[0], time: local[1], minute: hour * 60 + minute, minutes: Number(minutes) || SHORTEST, resource };
}

/* Date and time on the clock of the business, in ISO 8601 as Sweden writes them. */
function readClock(instant, timeZone) {
  const format = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "short", timeZone });
  return format.format(instant).split(" ");
}

function makeUrl(date, time, resource, minutes) {
  const asked = new URLSearchParams({ date, time, resource });
  if (minutes) asked.set("length", minutes);
  return `${getAddress()}?${asked.toString().replace("%3A", ":")}`;
}

function canOpen(event) {
  return roomy.matches && !event.button && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
}

/* As rows, a place says nothing about the time. */
function isInColumns(board) {
  return getComputedStyle(board).gridAutoFlow === "column";
}

/* Links to the page open it here: in the bar, above a column, in the rail, and the mark itself. */
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || event.defaultPrevented || link.target || link.pathname !== getAddress() || !canOpen(event)) return;
  event.preventDefault();
  const active = document.activeElement;
  comeFrom((main.contains(active) && active.id) || link.id);
  open(link.href);
});

/* A booking with whoever a column is, from a minute on; of a length, or as long as its service takes. */
export function openAt(column, minute, minutes, event) {
  const time = [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, "0")).join(":");
  const url = makeUrl(getBoard().dataset.date, time, column.dataset.resource, minutes);
  if (event ? canOpen(event) : roomy.matches) {
    comeFrom("draft");
    open(url);
  } else {
    location.href = url;
  }
}

/* A click on an empty place books there. */
main.addEventListener("click", (event) => {
  const column = event.target.closest(".column");
  if (!column || event.target !== column || column.dataset.drawn) return;
  if (!getAddress() || !isInColumns(getBoard())) return;
  openAt(column, Math.floor(findMinute(column, event.clientY) / STEP) * STEP, 0, event);
});

body.addEventListener("input", () => {
  if (getForm()) setTouched(true);
});
body.addEventListener("change", mark);
/* Enter in what is looked for takes the first who was found, and books nothing. */
body.addEventListener("keydown", (event) => {
  if (event.target.id !== "who" || event.key !== "Enter") return;
  event.preventDefault();
  body.querySelector("#who-found button")?.click();
});
body.addEventListener("click", (event) => {
  if (!event.target.closest("[data-discard]") || !canOpen(event)) return;
  event.preventDefault();
  setTouched(false);
  closePanel();
});

/* Something else takes the drawer's place: what was typed waits, and what was booked is done. */
body.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target === body && getForm() && isTouched) kept = new FormData(getForm());
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target === body) leaveForm(event.detail);
  if (getForm()) mark();
  else if (isResting && event.detail.target === main) rest();
});

function leaveForm({ requestConfig, xhr }) {
  if (getForm()) {
    kept = null;
    return;
  }
  if (requestConfig.path === getAddress() && xhr.status === 200) {
    kept = null;
    const { id } = body.querySelector("#booking").dataset;
    comeFrom(() => main.querySelector(`[data-booking="${id}"]`));
  }
  setTouched(false);
  place.remove();
  leaveAddress();
}

function leaveAddress() {
  if (history.state?.drawer) history.back();
  else if (location.pathname === getAddress()) history.replaceState(null, "", boardUrl);
}

document.addEventListener("panel:close", () => {
  if (!getForm()) return;
  if (isTouched) kept = new FormData(getForm());
  setTouched(false);
  isResting = place.isConnected && getOpener() === draft;
  if (!isResting) place.remove();
  leaveAddress();
});

/* The board was drawn anew under the mark. */
function rest() {
  main.querySelector(`.column[data-resource="${place.dataset.resource}"]`)?.append(place);
  draft.focus();
}
place.addEventListener("focusout", () => {
  setTimeout(() => {
    if (getForm() || document.activeElement === draft || !isResting) return;
    isResting = false;
    place.remove();
  });
});

addEventListener("popstate", (event) => {
  if (event.state?.drawer) open(location.href, { isNew: false });
  else if (getForm() && location.pathname !== getAddress()) closePanel(); // not a jump within the page
});
