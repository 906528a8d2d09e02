/* The day board: its parts, and the line of the present. */
import "./board-create.js";
import "./board-days.js";
import "./board-drag.js";
import "./board-hint.js";
import "./board-keys.js";
import "./board-new.js";
import "./board-print.js";
import { formatMinute, getBoard, getHours, main, setMinute } from "./board-visits.js";

const TICK_MS = 30000;
const DAY_MINUTES = 1440;

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
