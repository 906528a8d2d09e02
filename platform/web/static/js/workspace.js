/* Every page of the workspace: the panel, keys, printing. */
import "./toast.js";

const panel = document.getElementById("panel");
const body = document.getElementById("panel-body");
let opener = "";

/* The panel: any link with data-booking opens beside the page; without this script it is a page of its own. */
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-booking]");
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (link.dataset.moved) return;
  if (!panel.contains(link)) opener = link.id;
  const [url, anchor] = link.href.split("#");
  htmx.ajax("GET", url, { target: "#panel-body", swap: "innerHTML" }).then(() => {
    if (!body.firstElementChild) return;
    if (!panel.open) panel.showModal();
    const part = anchor && document.getElementById(anchor);
    if (part) part.open = true;
    (part?.querySelector("textarea") || body.querySelector("#panel-title")).focus();
  });
});
panel.addEventListener("click", (event) => {
  if (event.target === panel) panel.close();
});
/* What was done replaces the panel's content: the reader is at its title again, or at what is wrong. */
document.addEventListener("htmx:afterSwap", (event) => {
  if (!panel.open || !body.contains(event.detail.elt ?? event.target)) return;
  const wrong = body.querySelector("[aria-invalid], details[open] .error");
  if (wrong?.focus && wrong.matches("input, textarea")) wrong.focus();
  else body.querySelector("#panel-title")?.focus();
});

/* Back to the link that opened it. The board may have been drawn anew meanwhile: then to the one with its id. */
panel.addEventListener("close", () => {
  body.textContent = "";
  goBack();
  // A refresh that was on its way draws the board once more.
  document.addEventListener("htmx:afterSettle", goBack, { once: true });
  setTimeout(() => document.removeEventListener("htmx:afterSettle", goBack), 1500);
});
function goBack() {
  if (document.activeElement && document.activeElement !== document.body) return;
  (document.getElementById(opener) ?? document.getElementById("board") ?? document.getElementById("main"))?.focus();
}

/* Keys of one letter can be switched off (WCAG 2.1.4). */
const useKeys = document.getElementById("use-keys");
if (useKeys) {
  useKeys.checked = localStorage.getItem("keys") !== "off";
  useKeys.addEventListener("change", () => localStorage.setItem("keys", useKeys.checked ? "on" : "off"));
}
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.body.dataset.moving) return;
  if (event.target.closest?.("input, textarea, select, dialog") || localStorage.getItem("keys") === "off") return;
  if (event.key === "/") {
    event.preventDefault();
    (document.getElementById("find-booking") || document.getElementById("find"))?.focus();
  } else if (event.key === "?") {
    document.getElementById("keys")?.showModal();
  } else if (/^[a-z]$/i.test(event.key)) {
    document.querySelector(`[data-key="${event.key.toLowerCase()}"]`)?.click();
  }
});
const print = document.querySelector("[data-print]");
if (print) {
  print.hidden = false;
  print.addEventListener("click", () => window.print());
}
