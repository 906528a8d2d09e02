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

export function put(visit, column, start) {
  if (visit.closest(".column") !== column) {
    const hadFocus = document.activeElement === visit;
    column.append(visit.parentNode);
    if (hadFocus) visit.focus();
  }
  visit.dataset.start = start;
  setMinute(visit, start);
  visit.style.setProperty("--lane", 0);
  visit.style.setProperty("--lanes", 1);
  const end = start + getNumber(visit, "minutes");
  visit.querySelector(".brief").textContent = `${formatMinute(start)}–${formatMinute(end)}`;
}

export function isTaken(visit, column, start) {
  const end = start + getNumber(visit, "minutes");
  return [...column.querySelectorAll("[data-start]")].some((other) => {
    const otherStart = getNumber(other, "start");
    return other !== visit && otherStart < end && start < otherStart + getNumber(other, "minutes");
  });
}

/* Moving: begin, then either give back or commit. No refresh comes in between. */
export function begin(visit) {
  document.body.dataset.moving = "1";
  return {
    column: visit.closest(".column"),
    start: getNumber(visit, "start"),
    text: visit.querySelector(".brief").textContent,
  };
}

function end() {
  delete document.body.dataset.moving;
  document.dispatchEvent(new Event("board:idle"));
}

export function giveBack(visit, from) {
  put(visit, from.column, from.start);
  for (const name of ["--hour", "--minute", "--lane", "--lanes"]) visit.style.removeProperty(name);
  visit.querySelector(".brief").textContent = from.text;
  end();
}

/* The server decides; it answers with a notice (and what undoes the move), and the board refreshes. */
export function commit(visit, from) {
  const column = visit.closest(".column");
  const start = getNumber(visit, "start");
  if (column === from.column && start === from.start) {
    giveBack(visit, from);
    say(getBoard().dataset.same);
    return;
  }
  const values = { from: "board", shift: start - from.start, resource: column.dataset.resource };
  visit.classList.add("busy");
  htmx.ajax("POST", visit.dataset.move, { values, swap: "none", source: visit }).finally(end);
}
