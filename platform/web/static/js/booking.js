/* Progressive enhancement only: every page works without this file. */
import "./once.js";

const root = document;

/* Days, weeks and categories: fetch the next page and put in the part that changes. */
let turn = 0;
async function swap(id, url, push) {
  const part = root.getElementById(id);
  const mine = ++turn;
  part?.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(url, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(id);
    if (mine !== turn) return;
    if (!answer.ok || !fresh) throw new Error(answer.status);
    const bars = [...root.querySelectorAll(`[data-swap="${id}"]`)].filter((bar) => !part.contains(bar));
    const freshBars = [...page.querySelectorAll(`[data-swap="${id}"]`)].filter((bar) => !fresh.contains(bar));
    bars.forEach((bar, at) => bar.replaceWith(freshBars[at]));
    part.replaceWith(fresh);
    if (push) history.pushState({ swap: id }, "", url);
    const said = root.getElementById("said");
    if (said) said.textContent = fresh.dataset.say;
    (fresh.querySelector("[aria-current]") ?? root.querySelector(`[data-swap="${id}"] [aria-current]`))?.focus({ preventScroll: true });
  } catch {
    location.assign(url);
  }
}
root.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  const id = link?.dataset.swapLink ?? link?.closest("[data-swap]")?.dataset.swap;
  if (!id || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  swap(id, link.href, true);
});
addEventListener("popstate", () => {
  const id = ["picker", "services"].find((name) => root.getElementById(name));
  if (id) swap(id, location.href, false);
});

/* What was corrected stops being marked. */
root.addEventListener("input", ({ target }) => {
  if (target.getAttribute("aria-invalid") !== "true" || !target.value.trim()) return;
  target.removeAttribute("aria-invalid");
  target.closest(".field")?.querySelectorAll(".error:not(.odd)").forEach((error) => error.remove());
});

/* Suggestions that depend on another field: models of a make. */
for (const field of root.querySelectorAll("[data-depends]")) {
  const on = root.getElementById(`f-${field.dataset.depends}`);
  on?.addEventListener("change", async () => {
    const query = new URLSearchParams({ field: field.dataset.field, of: on.value });
    const answer = await fetch(`${field.dataset.url}?${query}&${location.search.slice(1)}`).catch(() => null);
    if (!answer?.ok) return;
    const { options } = await answer.json();
    field.replaceChildren(...options.map((value) => Object.assign(root.createElement("option"), { value })));
  });
}

/* The hold: quiet until two minutes are left, then a calm line. */
const hold = root.getElementById("hold");
if (hold) {
  const until = Date.parse(hold.dataset.until);
  const text = hold.querySelector("span");
  const tick = () => {
    const seconds = Math.round((until - Date.now()) / 1000);
    if (seconds <= 0) {
      text.textContent = hold.dataset.over;
      return;
    }
    if (seconds <= 120) text.textContent = hold.dataset.last.replace("{time}", `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`);
    setTimeout(tick, seconds > 121 ? (seconds - 120) * 1000 : 1000);
  };
  tick();
}
