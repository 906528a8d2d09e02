/* Dragging over empty time begins a new booking of that length there; Escape leaves it. */
import { openAt } from "./board-new.js";
import { follow } from "./board-press.js";
import { findMinute, formatMinute, getBoard, getHours, main, setLength, setMinute, STEP } from "./board-visits.js";

const drawn = document.createElement("li");
drawn.className = "drawn";
drawn.setAttribute("aria-hidden", "true");

main.addEventListener("pointerdown", (event) => {
  const column = event.target;
  if (!column.matches(".column") || event.button || !getBoard().dataset.new) return;
  if (getComputedStyle(getBoard()).gridAutoFlow !== "column") return;
  const pressed = Math.floor(findMinute(column, event.clientY) / STEP) * STEP;
  let span = null;
  document.body.dataset.pressed = "1";

  follow(event, {
    onStart() {
      document.body.dataset.moving = "1";
      span = draw(column, pressed, pressed);
    },
    onMove(now) {
      span = draw(column, pressed, Math.floor(findMinute(column, now.clientY) / STEP) * STEP);
    },
    onStop(isDropped) {
      drawn.remove();
      delete document.body.dataset.pressed;
      document.dispatchEvent(new Event("board:released"));
      if (!span) return;
      delete document.body.dataset.moving;
      document.dispatchEvent(new Event("board:idle"));
      // The click that follows opens nothing else.
      column.dataset.drawn = "1";
      setTimeout(() => delete column.dataset.drawn);
      if (isDropped) openAt(column, span.start, span.minutes);
    },
  });
});

/* From one quarter to another, both included, whichever is first. */
function draw(column, one, other) {
  const [first, last] = getHours();
  const start = Math.max(first, Math.min(one, other));
  const end = Math.min(last, Math.max(one, other) + STEP);
  setMinute(drawn, start);
  setLength(drawn, end - start);
  drawn.textContent = `+ ${formatMinute(start)}–${formatMinute(end)}`;
  if (drawn.parentNode !== column) column.append(drawn);
  return { start, minutes: end - start };
}
