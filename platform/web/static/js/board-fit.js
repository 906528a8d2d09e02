/* Whether a visit fits where it is held: what the board knows at once, and what the engine says a moment later. */
import { getBoard, getNumber, main, setMinute } from "./board-visits.js";
import { say } from "./toast.js";

const PAUSE_MS = 120;
const verdict = document.createElement("li");
verdict.className = "verdict";
verdict.setAttribute("aria-hidden", "true");
verdict.append(document.createElement("span"));

/* What the engine said, by visit as it stood, and place; an answer that comes late is kept for the visit it is about. */
const answers = new Map();
let timer = 0;

/* Say what is known of the place where a visit is held, and ask about it; with `isSpoken` readers hear the answer. */
export function judge(visit, from, { isSpoken = false } = {}) {
  const column = visit.closest(".column");
  setMinute(verdict, getNumber(visit, "start") + getNumber(visit, "minutes"));
  column.append(verdict);
  clearTimeout(timer);
  const key = name(visit);
  if (answers.has(key)) {
    show(visit, answers.get(key), isSpoken);
    return;
  }
  show(visit, guess(visit, column), false);
  timer = setTimeout(async () => {
    const found = await ask(visit, from);
    if (found && document.body.dataset.moving && name(visit) === key) show(visit, found, isSpoken);
  }, PAUSE_MS);
}

/* The engine's answer for where the visit is now; null when there is no line to it. */
export async function settle(visit, from) {
  clearTimeout(timer);
  const found = answers.get(name(visit)) ?? (await ask(visit, from));
  if (found) show(visit, found, false);
  return found;
}

export function list(visit, from) {
  const values = { shift: getNumber(visit, "start") - from.start };
  if (getNumber(visit, "minutes") !== from.minutes)
    values.length = getNumber(visit, "length") + getNumber(visit, "minutes") - from.minutes;
  const column = visit.closest(".column");
  if (column !== from.column || !("length" in values)) values.resource = column.dataset.resource;
  return values;
}

const name = (visit) =>
  [
    visit.dataset.booking,
    visit.dataset.sequence,
    visit.closest(".column").dataset.resource,
    visit.dataset.start,
    visit.dataset.minutes,
  ].join("/");

async function ask(visit, from) {
  const key = name(visit);
  const url = visit.dataset.move.replace(/move\/$/, "fit/");
  try {
    const answer = await fetch(`${url}?${new URLSearchParams(list(visit, from))}`);
    const found = await answer.json();
    answers.set(key, found);
    return found;
  } catch {
    return null;
  }
}

/* Taken or closed, as it is drawn; of a column that serves several at once only the engine knows. */
function guess(visit, column) {
  if (column.dataset.capacity !== "1") return null;
  const { busy, closed } = getBoard().dataset;
  const start = getNumber(visit, "start");
  const end = start + getNumber(visit, "minutes");
  const met = [...column.querySelectorAll("[data-start]")].filter((other) => {
    const begins = getNumber(other, "start");
    return other !== visit && begins < end && start < begins + getNumber(other, "minutes");
  });
  if (!met.length) return null;
  return { fits: false, text: met.some((each) => each.matches(".visit")) ? busy : closed };
}

function show(visit, found, isSpoken) {
  const { looking } = getBoard().dataset;
  verdict.firstChild.textContent = found?.text ?? looking;
  verdict.classList.toggle("fits", Boolean(found?.fits));
  verdict.classList.toggle("clashes", found?.fits === false);
  visit.classList.toggle("clashes", found?.fits === false);
  if (isSpoken) say(found.text);
}

/* Nothing is held any more. */
export function forget(visit) {
  clearTimeout(timer);
  answers.clear();
  verdict.remove();
  visit.classList.remove("clashes");
}
main.addEventListener("board:rest", (event) => forget(event.target));
