/* A visit is dragged with the mouse or a pen to another time or column. */
import {
  begin,
  clamp,
  commit,
  findMinute,
  getBoard,
  getNumber,
  giveBack,
  isGrid,
  listColumns,
  main,
  put,
} from "./board-visits.js";

const SLACK_PX = 5;
const EDGE_PX = 40;
const HEAD_PX = 60;
const CLOCK_PX = 40;
const SCROLL_PX = 12;

main.addEventListener("pointerdown", (event) => {
  const visit = event.target.closest(".visit[data-move]");
  if (!visit || event.button || event.pointerType === "touch" || !isGrid(visit)) return;
  const board = getBoard();
  const offset = event.clientY - visit.getBoundingClientRect().top;
  let from = null;
  document.body.dataset.pressed = "1";

  function onMove(now) {
    if (!now.buttons) {
      onStop(now); // released where nobody told
      return;
    }
    if (!from) {
      if (Math.hypot(now.clientX - event.clientX, now.clientY - event.clientY) < SLACK_PX) return;
      from = begin(visit);
      visit.setPointerCapture(event.pointerId);
      visit.classList.add("dragged");
    }
    scrollAtEdge(board, now);
    const over = findColumn(now.clientX) ?? visit.closest(".column");
    for (const each of listColumns()) each.classList.toggle("over", each === over);
    put(visit, over, clamp(findMinute(over, now.clientY - offset), getNumber(visit, "minutes")));
  }

  function onStop(now) {
    stopListening();
    for (const each of listColumns()) each.classList.remove("over");
    visit.classList.remove("dragged");
    delete document.body.dataset.pressed;
    document.dispatchEvent(new Event("board:released"));
    if (!from) return;
    // The click that follows opens no panel.
    visit.dataset.moved = "1";
    setTimeout(() => delete visit.dataset.moved);
    if (now.type === "pointerup") commit(visit, from);
    else giveBack(visit, from);
  }

  function onKey(key) {
    if (key.key !== "Escape") return;
    key.preventDefault();
    onStop(key);
  }

  function stopListening() {
    removeEventListener("pointermove", onMove);
    removeEventListener("pointerup", onStop);
    removeEventListener("pointercancel", onStop);
    removeEventListener("keydown", onKey, true);
  }

  addEventListener("pointermove", onMove);
  addEventListener("pointerup", onStop);
  addEventListener("pointercancel", onStop);
  addEventListener("keydown", onKey, true);
});

/* The browser's own dragging of links would win otherwise. */
main.addEventListener("dragstart", (event) => {
  if (event.target.closest(".visit")) event.preventDefault();
});

function scrollAtEdge(board, { clientX, clientY }) {
  const frame = board.getBoundingClientRect();
  if (clientY > frame.bottom - EDGE_PX) board.scrollTop += SCROLL_PX;
  else if (clientY < frame.top + EDGE_PX + HEAD_PX) board.scrollTop -= SCROLL_PX;
  if (clientX > frame.right - EDGE_PX) board.scrollLeft += SCROLL_PX;
  else if (clientX < frame.left + EDGE_PX + CLOCK_PX) board.scrollLeft -= SCROLL_PX;
}

function findColumn(x) {
  return listColumns().find((column) => {
    const box = column.getBoundingClientRect();
    return x >= box.left && x < box.right;
  });
}
