/* Visits on the day board: where they stand, and how they are put elsewhere. Markup and positions come from the server. */
import { say } from "./toast.js";

export const STEP = 15;
export const main = document.querySelector("main.day");

/* The board is a new element after each refresh. */
export const getBoard = () => document.getElementById("board");
export const listColumns = () => [...getBoard().querySelectorAll(".column")];
export const isGrid = (visit) => getComputedStyle(visit).position === "absolute";
export const isMirrored = () => getComputedStyle(getBoard()).direction === "rtl";
export const getNumber = (element, name) => Number(element.dataset[name]);

/* First and last minute shown, of the local day. */
export const getHours = () => [getNumber(getBoard(), "from") * 60, getNumber(getBoard(), "to") * 60];

/* Minute of the day at a height on the screen. */
export function findMinute(column, y) {
  const box = column.getBoundingClientRect();
  const [first, last] = getHours();
  return first + ((y - box.top) / box.height) * (last - first);
}

export function findColumn(x) {
  return listColumns().find((column) => {
    const box = column.getBoundingClientRect();
    return x >= box.left && x < box.right;
  });
}

export function formatMinute(minute) {
  const hour = Math.floor(minute / 60);
  const shown = getBoard().dataset.clock === "12" ? hour % 12 || 12 : hour;
  return `${shown}:${String(minute % 60).padStart(2, "0")}`;
}

export function clamp(start, length) {
  const [first, last] = getHours();
  return Math.max(first, Math.min(last - length, Math.round(start / STEP) * STEP));
}

/* Set through the CSS object model: the policy forbids style attributes, not this. */
export function setMinute(element, minute) {
  element.style.setProperty("--hour", Math.floor(minute / 60));
  element.style.setProperty("--minute", minute % 60);
}

export function setLength(element, minutes) {
  element.style.setProperty("--hours", Math.floor(minutes / 60));
  element.style.setProperty("--minutes", minutes % 60);
}

export function put(visit, column, start, minutes = getNumber(visit, "minutes")) {
  if (visit.closest(".column") !== column) {
    const hadFocus = document.activeElement === visit;
    column.append(visit.parentNode);
    if (hadFocus) visit.focus();
  }
  visit.dataset.start = start;
  visit.dataset.minutes = minutes;
  setMinute(visit, start);
  setLength(visit, minutes);
  visit.style.setProperty("--lane", 0);
  visit.style.setProperty("--lanes", 1);
  visit.querySelector(".brief").textContent = `${formatMinute(start)}–${formatMinute(start + minutes)}`;
}

/* Moving: begin, then either give back or commit (board-moves.js). No refresh comes in between. */
export function begin(visit) {
  document.body.dataset.moving = "1";
  return {
    column: visit.closest(".column"),
    start: getNumber(visit, "start"),
    minutes: getNumber(visit, "minutes"),
    text: visit.querySelector(".brief").textContent,
  };
}

export function end() {
  delete document.body.dataset.moving;
  document.dispatchEvent(new Event("board:idle"));
}

export function giveBack(visit, from) {
  put(visit, from.column, from.start, from.minutes);
  for (const name of ["--hour", "--minute", "--hours", "--minutes", "--lane", "--lanes"]) {
    visit.style.removeProperty(name);
  }
  visit.querySelector(".brief").textContent = from.text;
  visit.dispatchEvent(new Event("board:rest", { bubbles: true }));
  end();
}

export function isSame(visit, from) {
  const isThere = visit.closest(".column") === from.column && getNumber(visit, "start") === from.start;
  return isThere && getNumber(visit, "minutes") === from.minutes;
}

export function saySame() {
  say(getBoard().dataset.same);
}
