/* Over an empty place the board says what a click there books: "+ 12:00". */
import { findMinute, formatMinute, getBoard, main, setMinute, STEP } from "./board-visits.js";

const hint = document.createElement("li");
hint.className = "place-hint";
hint.setAttribute("aria-hidden", "true");

main.addEventListener("pointermove", (event) => {
  const column = event.target.closest(".column");
  const board = getBoard();
  const isEmpty = column && event.target === column && event.pointerType !== "touch";
  if (
    !isEmpty ||
    !board.dataset.new ||
    document.body.dataset.moving ||
    getComputedStyle(board).gridAutoFlow !== "column"
  ) {
    hint.remove();
    return;
  }
  const minute = Math.floor(findMinute(column, event.clientY) / STEP) * STEP;
  setMinute(hint, minute);
  hint.textContent = `+ ${formatMinute(minute)}`;
  if (hint.parentNode !== column) column.append(hint);
});
main.addEventListener("pointerleave", () => hint.remove());
