/* The keyboard on the board: arrows walk from visit to visit; M picks one up, and then arrows move it, with Shift its end. */
import { judge } from "./board-fit.js";
import { commit } from "./board-moves.js";
import {
  begin,
  clamp,
  formatMinute,
  getBoard,
  getHours,
  getNumber,
  giveBack,
  isGrid,
  isMirrored,
  listColumns,
  main,
  put,
  STEP,
} from "./board-visits.js";
import { say } from "./toast.js";

const MINUTES_DOWN = { ArrowUp: -STEP, ArrowDown: STEP, PageUp: -60, PageDown: 60 };
const COLUMNS_RIGHT = { ArrowLeft: -1, ArrowRight: 1 };

/* Where the visit that is being moved came from. */
let picked = null;

main.addEventListener("keydown", (event) => {
  const visit = event.target.closest(".visit");
  if (!visit) return;
  if (picked) movePicked(event, visit);
  else if (document.body.dataset.moving)
    event.preventDefault(); // it was let go, and its answer is on its way
  else if (event.key.toLowerCase() === "m" && canMove(visit)) pickUp(event, visit);
  else if (isStretch(event) && visit.dataset.length && isGrid(visit)) {
    pickUp(event, visit);
    stretch(visit, MINUTES_DOWN[event.key]);
  } else walk(event, visit);
});

const canMove = (visit) => visit.dataset.move && !visit.dataset.fixed && isGrid(visit);
const isStretch = (event) => event.shiftKey && event.key in MINUTES_DOWN;

function pickUp(event, visit) {
  event.preventDefault();
  event.stopPropagation();
  picked = begin(visit);
  visit.classList.add("lifted");
  say(getBoard().dataset.picked);
}

/* Let go of it; return where it came from. */
function letGo(visit) {
  const from = picked;
  picked = null;
  visit.classList.remove("lifted");
  return from;
}

function movePicked(event, visit) {
  const isFixed = visit.dataset.fixed;
  const down = isFixed ? 0 : (MINUTES_DOWN[event.key] ?? 0);
  const sideways = isFixed ? 0 : countColumns(event);
  if (isStretch(event)) {
    event.preventDefault();
    if (visit.dataset.length) stretch(visit, MINUTES_DOWN[event.key]);
  } else if (down || sideways) {
    event.preventDefault();
    shift(visit, down, sideways);
  } else if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    commit(visit, letGo(visit));
  } else if (event.key === "Escape" || event.key === "Tab") {
    event.preventDefault();
    giveBack(visit, letGo(visit));
    visit.focus();
    say(getBoard().dataset.same);
  }
}

function shift(visit, minutes, sideways) {
  const all = listColumns();
  const column = visit.closest(".column");
  const to = all[all.indexOf(column) + sideways] ?? column;
  const start = clamp(getNumber(visit, "start") + minutes, getNumber(visit, "minutes"));
  put(visit, to, start);
  visit.focus();
  visit.scrollIntoView({ block: "nearest", inline: "nearest" });
  say(`${to.dataset.name}, ${formatMinute(start)}`);
  judge(visit, picked, { isSpoken: true });
}

/* The end moves, down to the step; shorter is refused with a reason. */
function stretch(visit, minutes) {
  const start = getNumber(visit, "start");
  const length = getNumber(visit, "minutes") + minutes;
  put(visit, visit.closest(".column"), start, Math.max(0, Math.min(length, getHours()[1] - start)));
  judge(visit, picked, { isSpoken: true });
}

function walk(event, visit) {
  const next = findNext(event, visit);
  if (!next) return;
  event.preventDefault();
  next.focus();
}

/* The visit before or after in the column, or the nearest in time in the next column that has one. */
function findNext(event, visit) {
  const column = visit.closest(".column");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const list = listInOrder(column);
    return list[list.indexOf(visit) + (event.key === "ArrowDown" ? 1 : -1)];
  }
  const sideways = countColumns(event);
  if (!sideways) return undefined;
  const all = listColumns();
  const distance = (each) => Math.abs(getNumber(each, "start") - getNumber(visit, "start"));
  for (let at = all.indexOf(column) + sideways; all[at]; at += sideways) {
    const [nearest] = listInOrder(all[at]).sort((one, other) => distance(one) - distance(other));
    if (nearest) return nearest;
  }
  return undefined;
}

function countColumns(event) {
  return (COLUMNS_RIGHT[event.key] ?? 0) * (isMirrored() ? -1 : 1);
}

function listInOrder(column) {
  return [...column.querySelectorAll(".visit")].sort(
    (one, other) => getNumber(one, "start") - getNumber(other, "start"),
  );
}

main.addEventListener("focusout", (event) => {
  const visit = event.target.closest?.(".visit");
  if (!picked || !visit || document.body.dataset.moving !== "1" || visit.contains(event.relatedTarget)) return;
  // Moving between columns takes the focus away for an instant; a real departure leaves it away.
  setTimeout(() => {
    if (picked && document.activeElement !== visit) giveBack(visit, letGo(visit));
  });
});
