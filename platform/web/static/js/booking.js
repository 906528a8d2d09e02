/* Progressive enhancement only: every page works without this file. */
import "./once.js";

/* Days, weeks and categories: fetch the next page and put in the part that changes. */
const PARTS = ["picker", "services"];
const here = () => location.pathname + location.search;
let turn = 0;
let shown = here();

async function swap(id, url, { isNew = false, isTyped = false }) {
  const part = document.getElementById(id);
  const mine = ++turn;
  part?.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(url, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(id);
    if (mine !== turn) return;
    if (!answer.ok || !fresh) throw new Error(answer.status);
    const bars = [...document.querySelectorAll(`[data-swap="${id}"]`)].filter((bar) => !part.contains(bar));
    const freshBars = [...page.querySelectorAll(`[data-swap="${id}"]`)].filter((bar) => !fresh.contains(bar));
    for (const [at, bar] of bars.entries()) bar.replaceWith(freshBars[at]);
    const weeks = part.querySelector("#weeks");
    const hadFocus = weeks?.contains(document.activeElement);
    part.replaceWith(fresh);
    drawWeeks(weeks, { hadFocus });
    if (isNew) history.pushState({ swap: id }, "", url);
    if (isTyped) history.replaceState(history.state, "", url);
    shown = here();
    tellOwnTimes();
    const said = document.getElementById("said");
    if (said) said.textContent = fresh.dataset.say;
    if (isTyped) return;
    const current = [...fresh.querySelectorAll("[aria-current]")].find((each) => each.offsetParent);
    (current ?? document.querySelector(`[data-swap="${id}"] [aria-current]`))?.focus({ preventScroll: true });
  } catch {
    location.assign(url);
  }
}
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  const id = link?.dataset.swapLink ?? link?.closest("[data-swap]")?.dataset.swap;
  if (!id || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  swap(id, link.href, { isNew: true });
});
addEventListener("popstate", () => {
  if (here() === shown) return; // a jump within the page, as to the main part
  const id = PARTS.find((name) => document.getElementById(name));
  if (id) swap(id, location.href, { isNew: false });
});

/* A service is found while one types. */
let waiting;
document.addEventListener("input", ({ target: { form } }) => {
  if (form?.role !== "search") return;
  clearTimeout(waiting);
  const find = () => swap("services", `${form.action}?${new URLSearchParams(new FormData(form))}`, { isTyped: true });
  waiting = setTimeout(find, 250);
});

/* Where the visitor's clock differs from the place's, its time stands below. */
function tellOwnTimes() {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  for (const box of document.querySelectorAll("[data-zone]")) {
    const say = (at, timeZone, weekday) =>
      at.toLocaleString(document.documentElement.lang, { timeZone, weekday, hour: "numeric", minute: "2-digit" });
    for (const each of box.querySelectorAll("[value^='2'], [data-at]")) {
      const at = new Date(each.value || each.dataset.at);
      if (each.querySelector(".own-time") || say(at, own, "short") === say(at, box.dataset.zone, "short")) continue;
      const isOtherDay = say(at, own, "short").slice(0, 2) !== say(at, box.dataset.zone, "short").slice(0, 2);
      const text = `${say(at, own, isOtherDay ? "short" : undefined)} ${box.dataset.own}`;
      const line = each.querySelector("span.small") ?? each;
      line.append(" ", Object.assign(document.createElement("small"), { className: "own-time", textContent: text }));
    }
  }
}
tellOwnTimes();

/* Four weeks beside the times, where there is room for them; the ones before stay until the new ones are there. */
const wide = matchMedia("(min-width: 64rem)");
async function drawWeeks(before, { url, hadFocus } = {}) {
  const box = document.querySelector("[data-weeks-of]");
  if (!box || !wide.matches) return;
  if (before) box.replaceChildren(before);
  const answer = await fetch(url ?? box.dataset.weeksOf).catch(() => null);
  if (!answer?.ok || !box.isConnected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById("weeks");
  if (!fresh) return;
  const hasFocus = hadFocus || box.contains(document.activeElement);
  box.replaceChildren(fresh);
  if (hasFocus) (fresh.querySelector("[aria-current]") ?? fresh.querySelector("a"))?.focus({ preventScroll: true });
}
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-weeks]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  drawWeeks(null, { url: link.href });
});
wide.addEventListener("change", () => drawWeeks());
drawWeeks();

/* A folded question says what is chosen in it. */
document.addEventListener("change", ({ target }) => {
  const fold = target.closest(".fold");
  if (!fold) return;
  const names = [...fold.querySelectorAll(":checked")].map(
    ({ labels: [label] }) => label.querySelector(".name") ?? label,
  );
  fold.querySelector("summary .soft").textContent = names.map((name) => name.textContent.trim()).join(", ");
});

/* What is ticked changes length and price of the visit: the server says them before anything is sent. */
let asked = 0;
document.addEventListener("change", async ({ target }) => {
  const url = target.form?.dataset.total;
  if (!url || !["further", "add_ons"].includes(target.name)) return;
  const mine = ++asked;
  const total = new URL(url, location);
  total.searchParams.set("field", target.name);
  for (const id of new FormData(target.form).getAll(target.name)) total.searchParams.append("id", id);
  const answer = await fetch(total).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById("total");
  if (fresh && mine === asked) document.getElementById("total")?.replaceChildren(...fresh.childNodes);
});

/* What was corrected stops being marked. */
document.addEventListener("input", ({ target }) => {
  if (target.getAttribute("aria-invalid") !== "true" || !target.value.trim()) return;
  target.removeAttribute("aria-invalid");
  for (const error of target.closest(".field")?.querySelectorAll(".error:not(.odd)") ?? []) error.remove();
});

/* Suggestions that depend on another field: models of a make. */
for (const field of document.querySelectorAll("[data-depends]")) {
  const source = document.getElementById(`f-${field.dataset.depends}`);
  source?.addEventListener("change", async () => {
    const query = new URLSearchParams({ field: field.dataset.field, of: source.value });
    const answer = await fetch(`${field.dataset.url}?${query}&${location.search.slice(1)}`).catch(() => null);
    if (!answer?.ok) return;
    const { options } = await answer.json();
    field.replaceChildren(...options.map((value) => Object.assign(document.createElement("option"), { value })));
  });
}

/* The hold: quiet until two minutes are left, then a calm line. */
const LAST_SECONDS = 120;
const hold = document.getElementById("hold");
if (hold) {
  const until = Date.parse(hold.dataset.until);
  const text = hold.querySelector("span");
  const longer = document.getElementById("longer");
  const tick = () => {
    const seconds = Math.round((until - Date.now()) / 1000);
    if (longer) longer.hidden = seconds <= 0 || seconds > LAST_SECONDS;
    if (seconds <= 0) {
      text.textContent = hold.dataset.over;
      return;
    }
    if (seconds <= LAST_SECONDS)
      text.textContent = hold.dataset.last.replace(
        "{time}",
        `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`,
      );
    setTimeout(tick, seconds > LAST_SECONDS + 1 ? (seconds - LAST_SECONDS) * 1000 : 1000);
  };
  tick();
}
