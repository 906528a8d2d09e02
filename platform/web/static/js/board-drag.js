/* A visit is dragged to another time or column, or by its lower edge to another length; with a finger after a long press. */
import { judge } from "./board-fit.js";
import { commit } from "./board-moves.js";
import { follow } from "./board-press.js";
import {
  begin,
  clamp,
  findColumn,
  findMinute,
  getNumber,
  getHours,
  giveBack,
  isGrid,
  listColumns,
  main,
  put,
  STEP,
} from "./board-visits.js";

const GRIP_PX = 8;
const GRIP_TOUCH_PX = 18;

main.addEventListener("pointerdown", (event) => {
  const visit = event.target.closest(".visit[data-move]");
  if (!visit || event.button || !isGrid(visit)) return;
  const box = visit.getBoundingClientRect();
  const grip = event.pointerType === "touch" ? GRIP_TOUCH_PX : GRIP_PX;
  const isEnd = Boolean(visit.dataset.length) && event.clientY > box.bottom - Math.min(grip, box.height / 3);
  if (!isEnd && visit.dataset.fixed) return;
  const offset = event.clientY - (isEnd ? box.bottom : box.top);
  let from = null;
  document.body.dataset.pressed = "1";

  follow(event, {
    onStart() {
      from = begin(visit);
      visit.setPointerCapture?.(event.pointerId);
      visit.classList.add("dragged");
      visit.classList.toggle("stretched", isEnd);
    },
    onMove(now) {
      if (isEnd) stretch(visit, findMinute(visit.closest(".column"), now.clientY - offset));
      else carry(visit, now, offset);
      judge(visit, from);
    },
    onStop(isDropped) {
      for (const each of listColumns()) each.classList.remove("over");
      visit.classList.remove("dragged", "stretched");
      delete document.body.dataset.pressed;
      document.dispatchEvent(new Event("board:released"));
      if (!from) return;
      // The click that follows opens no panel.
      visit.dataset.moved = "1";
      setTimeout(() => delete visit.dataset.moved);
      if (isDropped) commit(visit, from);
      else giveBack(visit, from);
    },
  });
});

function carry(visit, now, offset) {
  const over = findColumn(now.clientX) ?? visit.closest(".column");
  for (const each of listColumns()) each.classList.toggle("over", each === over);
  put(visit, over, clamp(findMinute(over, now.clientY - offset), getNumber(visit, "minutes")));
}

/* Down to nothing, which is refused with a reason, so that nobody wonders why it stops. */
function stretch(visit, minute) {
  const start = getNumber(visit, "start");
  const last = Math.min(getHours()[1], Math.round(minute / STEP) * STEP);
  put(visit, visit.closest(".column"), start, Math.max(0, last - start));
}

/* The browser's own dragging of links would win otherwise. */
main.addEventListener("dragstart", (event) => {
  if (event.target.closest(".visit")) event.preventDefault();
});
