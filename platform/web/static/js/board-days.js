/* The arrows lead from day to day, unless what has the focus needs them itself. */
import { getBoard, isMirrored } from "./board-visits.js";

const DAYS = { ArrowLeft: "before", ArrowRight: "after" };
const MIRRORED = { ArrowLeft: "after", ArrowRight: "before" };

addEventListener("keydown", (event) => {
  const board = getBoard();
  const day = (board && isMirrored() ? MIRRORED : DAYS)[event.key];
  if (!day || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  if (document.body.dataset.moving || localStorage.getItem("keys") === "off") return;
  if (event.target.closest?.("input, textarea, select, dialog, .visit, .tab-rows, [popover]")) return;
  // A board that is wider than its place scrolls first.
  if (event.target === board && board.scrollWidth > board.clientWidth + 1) return;
  event.preventDefault();
  document.querySelector(`[data-day="${day}"]`).click();
});
