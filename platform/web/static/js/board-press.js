/* A press that becomes a drag: of the mouse or a pen at once, of a finger after a long press, so that a swipe still scrolls. */
import { getBoard, main } from "./board-visits.js";

const SLACK_PX = 5;
const SLACK_TOUCH_PX = 10;
const LONG_MS = 420;
const EDGE_PX = 40;
const HEAD_PX = 60;
const CLOCK_PX = 40;
const SCROLL_PX = 12;

let isDragging = false;

/* `onStart` when it is a drag, `onMove` with each place, `onStop` at the end: whether it was dropped, or left with Escape. */
export function follow(event, { onStart, onMove, onStop }) {
  const isTouch = event.pointerType === "touch";
  const board = getBoard();
  let last = event;
  let isStarted = false;
  let frame = 0;
  const timer = isTouch ? setTimeout(start, LONG_MS) : 0;

  function start() {
    isStarted = true;
    isDragging = true;
    onStart();
    if (isTouch) {
      navigator.vibrate?.(12);
      onMove(last);
    }
    frame = requestAnimationFrame(scrollOn);
  }

  /* At an edge the board goes on scrolling, also while nothing moves. */
  function scrollOn() {
    if (scrollAtEdge(board, last)) onMove(last);
    frame = requestAnimationFrame(scrollOn);
  }

  function move(now) {
    if (now.pointerId !== event.pointerId) return;
    if (!now.buttons && !isTouch) {
      stop(now); // released where nobody told
      return;
    }
    last = now;
    if (!isStarted) {
      const way = Math.hypot(now.clientX - event.clientX, now.clientY - event.clientY);
      if (way < (isTouch ? SLACK_TOUCH_PX : SLACK_PX)) return;
      if (isTouch) {
        stop({ type: "pointercancel" }); // a swipe
        return;
      }
      start();
    }
    onMove(now);
  }

  function stop(now) {
    if (now.pointerId !== undefined && now.pointerId !== event.pointerId) return;
    clearTimeout(timer);
    cancelAnimationFrame(frame);
    removeEventListener("pointermove", move);
    removeEventListener("pointerup", stop);
    removeEventListener("pointercancel", stop);
    removeEventListener("keydown", leave, true);
    isDragging = false;
    onStop(isStarted && now.type === "pointerup");
  }

  function leave(key) {
    if (key.key !== "Escape") return;
    key.preventDefault();
    stop({ type: "keydown" });
  }

  addEventListener("pointermove", move);
  addEventListener("pointerup", stop);
  addEventListener("pointercancel", stop);
  addEventListener("keydown", leave, true);
}

/* While something is dragged, the finger scrolls nothing and opens no menu. */
main.addEventListener(
  "touchmove",
  (event) => {
    if (isDragging && event.cancelable) event.preventDefault();
  },
  { passive: false },
);
main.addEventListener("contextmenu", (event) => {
  if (isDragging || "pressed" in document.body.dataset) event.preventDefault();
});

function scrollAtEdge(board, { clientX, clientY }) {
  const frame = board.getBoundingClientRect();
  const [top, left] = [board.scrollTop, board.scrollLeft];
  const bottom = Math.min(frame.bottom, innerHeight);
  if (clientY > bottom - EDGE_PX) board.scrollTop += SCROLL_PX;
  else if (clientY < frame.top + EDGE_PX + HEAD_PX) board.scrollTop -= SCROLL_PX;
  if (clientX > frame.right - EDGE_PX) board.scrollLeft += SCROLL_PX;
  else if (clientX < frame.left + EDGE_PX + CLOCK_PX) board.scrollLeft -= SCROLL_PX;
  return board.scrollTop !== top || board.scrollLeft !== left;
}
