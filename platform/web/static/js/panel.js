/* What stands beside a page: a booking, or the form of a new one. Beside the board it takes a column, elsewhere it lies over the page. */
import "./copy.js";

const panel = document.getElementById("panel");
export const body = document.getElementById("panel-body");
const wide = matchMedia("(min-width: 1101px)");
/* Where the focus goes back to: the board may have been drawn anew meanwhile, so it is asked for by its id. */
let opener = "";

export const getOpener = () => (typeof opener === "function" ? opener() : document.getElementById(opener));

/* Remember from where the panel is opened: an id, or how to find the element. */
export function comeFrom(found) {
  opener = found;
}

export function closePanel() {
  panel.close();
}

/* Fetch what is to stand there and show it; resolves when it does. */
export async function openPanel(verb, url, options = {}) {
  await htmx.ajax(verb, url, { target: "#panel-body", swap: "innerHTML", ...options });
  if (!body.firstElementChild) return false;
  if (!panel.open) {
    if (panel.parentNode.matches(".desk") && wide.matches) panel.show();
    else panel.showModal();
  }
  return true;
}

/* Any link with data-booking opens here; without this script it is a page of its own. */
document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-booking]");
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (link.dataset.moved) return;
  if (!panel.contains(link)) comeFrom(link.id);
  const [url, anchor] = link.href.split("#");
  if (!(await openPanel("GET", url))) return;
  const part = anchor && document.getElementById(anchor);
  if (part) part.open = true;
  (part?.querySelector("textarea") || body.querySelector("#panel-title")).focus();
});
panel.addEventListener("click", (event) => {
  if (event.target === panel && panel.matches(":modal")) panel.close();
});

/* Beside the board Escape is nobody's but ours, unless something else is open or being moved. */
addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || !panel.open || panel.matches(":modal")) return;
  if (document.body.dataset.moving || event.target.closest?.("dialog:not(#panel), .finder, [popover]")) return;
  panel.close();
});

/* What was done replaces the panel's content: the reader is at what is wrong, where they were, or at its title. */
document.addEventListener("htmx:afterSwap", (event) => {
  if (!panel.open || !body.contains(event.detail.elt ?? event.target)) return;
  const isWhole = event.detail.target.id !== "choose";
  const wrong = isWhole ? body.querySelector("[aria-invalid], details[open] .error, .note.bad") : null;
  if (wrong?.matches("input, select, textarea")) wrong.focus();
  else if (wrong || !body.contains(document.activeElement)) body.querySelector("#panel-title")?.focus();
});

panel.addEventListener("close", () => {
  document.dispatchEvent(new Event("panel:close"));
  body.textContent = "";
  findWayBack()?.focus();
  // A refresh that was on its way draws the board once more.
  document.addEventListener("htmx:afterSettle", goBack, { once: true });
  setTimeout(() => document.removeEventListener("htmx:afterSettle", goBack), 1500);
});
function findWayBack() {
  return getOpener() ?? document.getElementById("board") ?? document.getElementById("main");
}
function goBack() {
  if (!document.activeElement || document.activeElement === document.body) findWayBack()?.focus();
}
