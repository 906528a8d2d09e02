/* Notices. Others dispatch "turnero:toast" with {title, text, tone, undo, links, stays}; the server does so through HX-Trigger. */
import "./once.js";

document.documentElement.classList.add("scripted");

const region = document.getElementById("toasts");
const model = document.getElementById("toast");
const said = document.getElementById("said");
// Shorter than the server waits before it tells anybody of what staff did (kernel.undoing).
const STAYS_MS = Number(region.dataset.undoMs);
const LINKED_MS = 20000;

export function say(text) {
  said.textContent = "";
  requestAnimationFrame(() => {
    said.textContent = text;
  });
}

/* A notice leaves by itself, but not while somebody reads or uses it. */
export function keepFor(notice, ms = STAYS_MS) {
  let timer = setTimeout(() => notice.remove(), ms);
  const hold = () => clearTimeout(timer);
  const release = () => {
    hold();
    timer = setTimeout(() => notice.remove(), 4000);
  };
  notice.addEventListener("pointerenter", hold);
  notice.addEventListener("focusin", hold);
  notice.addEventListener("pointerleave", release);
  notice.addEventListener("focusout", release);
}

document.addEventListener("turnero:toast", (event) => {
  const { title, text, tone, undo, links, stays } = event.detail;
  const notice = model.content.firstElementChild.cloneNode(true);
  notice.querySelector("b").textContent = title;
  notice.querySelector("p").textContent = text;
  notice.classList.toggle("bad", tone === "bad");
  const button = notice.querySelector("[data-undo]");
  if (undo) {
    button.addEventListener("click", () => {
      notice.remove();
      htmx.ajax("POST", undo.url, { values: undo.fields, swap: "none", source: "#toasts" });
    });
  } else {
    button.hidden = true;
  }
  for (const { label, url } of links ?? []) {
    const link = document.createElement("a");
    link.className = "button small";
    link.href = url;
    link.textContent = label;
    button.parentNode.append(link);
  }
  region.append(notice);
  say(text ? `${title}. ${text}` : title);
  if (!stays) keepFor(notice, links?.length ? LINKED_MS : STAYS_MS);
});

document.addEventListener("click", (event) => {
  event.target.closest("[data-close]")?.closest(".toast").remove();
  const open = event.target.closest("[data-open]");
  if (open) document.getElementById(open.dataset.open).showModal();
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.target.closest?.("[data-closes]")) event.target.closest(".toast")?.remove();
});
