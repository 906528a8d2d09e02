/* The month by keyboard: arrows go from day to day, Shift chooses several, Enter opens the form with their dates. */
const month = document.querySelector("#month");
const days = month ? [...month.querySelectorAll("[data-day]")] : [];
let anchor = null;

function reach(day) {
  for (const each of days) each.tabIndex = each === day ? 0 : -1;
  day.focus();
}

function mark(from, to) {
  const [first, last] = [days.indexOf(from), days.indexOf(to)].sort((one, other) => one - other);
  days.forEach((each, at) => {
    each.closest("td").classList.toggle("chosen", at >= first && at <= last);
  });
  for (const each of days) {
    const address = new URL(each.href);
    address.searchParams.set("on", first === last ? each.dataset.day : days[first].dataset.day);
    address.searchParams.delete("to");
    if (first !== last) address.searchParams.set("to", days[last].dataset.day);
    each.dataset.href = address.href;
  }
}

month?.addEventListener("keydown", (event) => {
  const at = days.indexOf(event.target.closest("[data-day]"));
  const move = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 7, ArrowUp: -7 }[event.key];
  if (at < 0) return;
  if (event.key === "Enter" && anchor && month.querySelectorAll(".chosen").length > 1) {
    event.preventDefault();
    location.assign(days[at].dataset.href);
  } else if (event.key === "Escape") {
    anchor = null;
    for (const each of month.querySelectorAll(".chosen")) each.classList.remove("chosen");
  } else if (move && days[at + move]) {
    event.preventDefault();
    anchor = event.shiftKey ? (anchor ?? days[at]) : null;
    reach(days[at + move]);
    if (anchor) mark(anchor, days[at + move]);
    else for (const each of month.querySelectorAll(".chosen")) each.classList.remove("chosen");
  }
});

if (days.length) {
  const first = days.find((each) => each.hasAttribute("aria-current")) ?? days[0];
  for (const each of days) each.tabIndex = each === first ? 0 : -1;
}

document.querySelector("#place")?.addEventListener("change", (event) => event.target.form.requestSubmit());
