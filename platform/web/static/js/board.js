/* The day board: a click on an empty place, and the line of the present. */
import "./board-days.js";
import "./board-drag.js";
import "./board-hint.js";
import "./board-keys.js";
import "./board-print.js";
import { findMinute, formatMinute, getBoard, getHours, main, setMinute, STEP } from "./board-visits.js";

const TICK_MS = 30000;
const DAY_MINUTES = 1440;

/* A click on an empty place starts a new booking there. */
main.addEventListener("click", (event) => {
  const column = event.target.closest(".column");
  const board = getBoard();
  if (!column || event.target !== column || !board.dataset.new || !isInColumns(board)) return;
  const minute = Math.floor(findMinute(column, event.clientY) / STEP) * STEP;
  const time = [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, "0")).join(":");
  const pressed = new URLSearchParams({ date: board.dataset.date, time, resource: column.dataset.resource });
  location.href = `${board.dataset.new}?${pressed.toString().replace("%3A", ":")}`;
});

/* As rows, a place says nothing about the time. */
function isInColumns(board) {
  return getComputedStyle(board).gridAutoFlow === "column";
}

/* The line of the present, every half minute, on the clock of the business: the page says what time it was. */
let minuteAtLoad = Number.NaN;
let loadedAt = 0;

function readClock() {
  minuteAtLoad = Number(document.querySelector(".clock .now")?.dataset.minute ?? Number.NaN);
  loadedAt = Date.now();
}

function moveLine() {
  if (Number.isNaN(minuteAtLoad)) return;
  const minute = minuteAtLoad + Math.floor((Date.now() - loadedAt) / 60000);
  const [first, last] = getHours();
  for (const line of document.querySelectorAll(".now")) {
    line.hidden = minute < first || minute >= last;
    setMinute(line, minute);
  }
  const label = document.querySelector(".clock .now");
  if (label) label.textContent = label.textContent.replace(/^\d+:\d\d/, formatMinute(minute % DAY_MINUTES));
}

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target === main) readClock();
});
readClock();
setInterval(moveLine, TICK_MS);

/* Open where the day is. */
const line = document.querySelector(".column .now");
const board = getBoard();
if (line && board) board.scrollTop = Math.max(0, line.offsetTop - board.clientHeight / 3);
