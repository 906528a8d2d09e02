/* Every page of the workspace: languages, the panel, keys, printing. */
import "./language.js";
import "./panel.js";
import "./toast.js";

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
