/* The day board: panel, keys, drag, keyboard move, the line of the present. Markup and positions come from the server. */
import { say } from "./toast.js";

const main = document.querySelector("main.day");
const panel = document.getElementById("panel");
const body = document.getElementById("panel-body");
const STEP = 15;
const EDGE = 40;

/* The panel: any link with data-booking opens beside the page; without this script it is a page of its own. */
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-booking]");
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (link.dataset.moved) return;
  const [url, anchor] = link.href.split("#");
  htmx.ajax("GET", url, { target: "#panel-body", swap: "innerHTML" }).then(() => {
    if (!body.firstElementChild) return;
    if (!panel.open) panel.showModal();
    const part = anchor && document.getElementById(anchor);
    if (part) part.open = true;
    (part?.querySelector("textarea") || body.querySelector("#panel-title")).focus();
  });
});
panel.addEventListener("click", (event) => { if (event.target === panel) panel.close(); });
panel.addEventListener("close", () => { body.textContent = ""; });

/* Keys of one letter can be switched off (WCAG 2.1.4). */
const useKeys = document.getElementById("use-keys");
if (useKeys) {
  useKeys.checked = localStorage.getItem("keys") !== "off";
  useKeys.addEventListener("change", () => localStorage.setItem("keys", useKeys.checked ? "on" : "off"));
}
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.body.dataset.moving) return;
  if (event.target.closest?.("input, textarea, select, dialog") || localStorage.getItem("keys") === "off") return;
  if (event.key === "/") {
    event.preventDefault();
    document.getElementById("find")?.focus();
  } else if (event.key === "?") {
    document.getElementById("keys")?.showModal();
  } else if (/^[a-z]$/i.test(event.key)) {
    document.querySelector(`[data-key="${event.key.toLowerCase()}"]`)?.click();
  }
});
const print = document.querySelector("[data-print]");
if (print) {
  print.hidden = false;
  print.addEventListener("click", () => window.print());
}

if (main) {
  const $ = () => document.getElementById("board");
  const columns = () => [...$().querySelectorAll(".column")];
  const isGrid = (block) => getComputedStyle(block).position === "absolute";
  const number = (block, name) => Number(block.dataset[name]);
  const hours = () => [number($(), "from") * 60, number($(), "to") * 60];
  const isMirrored = () => getComputedStyle($()).direction === "rtl";

  function clock(minute) {
    const hour = Math.floor(minute / 60);
    const shown = $().dataset.clock === "12" ? hour % 12 || 12 : hour;
    return `${shown}:${String(minute % 60).padStart(2, "0")}`;
  }

  function clamp(start, length) {
    const [first, last] = hours();
    return Math.max(first, Math.min(last - length, Math.round(start / STEP) * STEP));
  }

  /* Set through the CSS object model: the policy forbids style attributes, not this. */
  function put(block, column, start) {
    if (block.closest(".column") !== column) {
      const hadFocus = document.activeElement === block;
      column.append(block.parentNode);
      if (hadFocus) block.focus();
    }
    block.dataset.start = start;
    block.style.setProperty("--hour", Math.floor(start / 60));
    block.style.setProperty("--minute", start % 60);
    block.style.setProperty("--lane", 0);
    block.style.setProperty("--lanes", 1);
    block.querySelector(".brief").textContent = `${clock(start)}–${clock(start + number(block, "minutes"))}`;
  }

  function isTaken(block, column, start) {
    const end = start + number(block, "minutes");
    return [...column.querySelectorAll("[data-start]")].some((other) => other !== block
      && number(other, "start") < end && start < number(other, "start") + number(other, "minutes"));
  }

  function begin(block) {
    document.body.dataset.moving = "1";
    return { column: block.closest(".column"), start: number(block, "start"), text: block.querySelector(".brief").textContent };
  }

  function end() {
    delete document.body.dataset.moving;
    document.dispatchEvent(new Event("board:idle"));
  }

  function back(block, from) {
    put(block, from.column, from.start);
    for (const name of ["--hour", "--minute", "--lane", "--lanes"]) block.style.removeProperty(name);
    block.querySelector(".brief").textContent = from.text;
    end();
  }

  /* The server decides; it answers with a notice (and what undoes the move), and the board refreshes. */
  function commit(block, from) {
    const column = block.closest(".column");
    const start = number(block, "start");
    if (column === from.column && start === from.start) {
      back(block, from);
      say($().dataset.same);
      return;
    }
    const values = { from: "board", shift: start - from.start, resource: column.dataset.resource };
    block.classList.add("busy");
    htmx.ajax("POST", block.dataset.move, { values, swap: "none", source: block }).finally(end);
  }

  main.addEventListener("pointerdown", (event) => {
    const block = event.target.closest(".visit[data-move]");
    if (!block || event.button || event.pointerType === "touch" || !isGrid(block)) return;
    const at = { x: event.clientX, y: event.clientY };
    const board = $();
    const offset = event.clientY - block.getBoundingClientRect().top;
    let from = null;
    const move = (now) => {
      if (!from) {
        if (Math.hypot(now.clientX - at.x, now.clientY - at.y) < 5) return;
        from = begin(block);
        block.setPointerCapture(event.pointerId);
        block.classList.add("dragged");
      }
      const frame = board.getBoundingClientRect();
      if (now.clientY > frame.bottom - EDGE) board.scrollTop += 12;
      else if (now.clientY < frame.top + EDGE + 60) board.scrollTop -= 12;
      if (now.clientX > frame.right - EDGE) board.scrollLeft += 12;
      else if (now.clientX < frame.left + EDGE + 40) board.scrollLeft -= 12;
      const over = columns().find((each) => {
        const box = each.getBoundingClientRect();
        return now.clientX >= box.left && now.clientX < box.right;
      }) || block.closest(".column");
      columns().forEach((each) => each.classList.toggle("over", each === over));
      const box = over.getBoundingClientRect();
      const [first, last] = hours();
      const minute = first + ((now.clientY - offset - box.top) / box.height) * (last - first);
      put(block, over, clamp(minute, number(block, "minutes")));
    };
    const stop = (now) => {
      for (const name of ["pointermove", "pointerup", "pointercancel"]) removeEventListener(name, name === "pointermove" ? move : stop);
      removeEventListener("keydown", escape, true);
      columns().forEach((each) => each.classList.remove("over"));
      block.classList.remove("dragged");
      if (!from) return;
      block.dataset.moved = "1";
      setTimeout(() => delete block.dataset.moved);
      if (now.type === "pointerup") commit(block, from);
      else back(block, from);
    };
    const escape = (key) => {
      if (key.key !== "Escape") return;
      key.preventDefault();
      stop({ type: "escape" });
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", stop);
    addEventListener("pointercancel", stop);
    addEventListener("keydown", escape, true);
  });
  main.addEventListener("dragstart", (event) => { if (event.target.closest(".visit")) event.preventDefault(); });

  /* A click on an empty place starts a new booking there. */
  main.addEventListener("click", (event) => {
    const column = event.target.closest(".column");
    const board = $();
    if (!column || event.target !== column || !board.dataset.new || getComputedStyle(column).position !== "relative") return;
    const box = column.getBoundingClientRect();
    if (getComputedStyle(board).gridAutoFlow !== "column") return;
    const [first, last] = hours();
    const minute = Math.floor((first + ((event.clientY - box.top) / box.height) * (last - first)) / STEP) * STEP;
    const time = `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
    location.href = `${board.dataset.new}?date=${board.dataset.date}&time=${time}&resource=${column.dataset.resource}`;
  });

  let picked = null;
  main.addEventListener("keydown", (event) => {
    const block = event.target.closest(".visit");
    if (!block) return;
    const column = block.closest(".column");
    const all = columns();
    const sideways = { ArrowLeft: -1, ArrowRight: 1 }[event.key] * (isMirrored() ? -1 : 1) || 0;
    if (picked) {
      const down = { ArrowUp: -STEP, ArrowDown: STEP, PageUp: -60, PageDown: 60 }[event.key] || 0;
      if (down || sideways) {
        event.preventDefault();
        const to = all[all.indexOf(column) + sideways] || column;
        const start = clamp(number(block, "start") + down, number(block, "minutes"));
        put(block, to, start);
        block.focus();
        block.scrollIntoView({ block: "nearest", inline: "nearest" });
        say(`${to.dataset.name}, ${clock(start)}${isTaken(block, to, start) ? `, ${$().dataset.busy}` : ""}`);
      } else if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        const from = picked;
        picked = null;
        block.classList.remove("lifted");
        commit(block, from);
      } else if (event.key === "Escape" || event.key === "Tab") {
        event.preventDefault();
        block.classList.remove("lifted");
        back(block, picked);
        picked = null;
        block.focus();
        say($().dataset.same);
      }
      return;
    }
    if (event.key.toLowerCase() === "m" && block.dataset.move && isGrid(block)) {
      event.preventDefault();
      event.stopPropagation();
      picked = begin(block);
      block.classList.add("lifted");
      say($().dataset.picked);
      return;
    }
    const inOrder = (each) => [...each.querySelectorAll(".visit")].sort((a, b) => number(a, "start") - number(b, "start"));
    let next = null;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const list = inOrder(column);
      next = list[list.indexOf(block) + (event.key === "ArrowDown" ? 1 : -1)];
    }
    for (let at = all.indexOf(column) + sideways; sideways && all[at] && !next; at += sideways) {
      const distance = (each) => Math.abs(number(each, "start") - number(block, "start"));
      next = inOrder(all[at]).sort((a, b) => distance(a) - distance(b))[0];
    }
    if (next) {
      event.preventDefault();
      next.focus();
    }
  });
  main.addEventListener("focusout", (event) => {
    const block = event.target.closest?.(".visit");
    if (!picked || !block || document.body.dataset.moving !== "1" || block.contains(event.relatedTarget)) return;
    // Moving between columns takes the focus away for an instant; a real departure leaves it away.
    setTimeout(() => {
      if (!picked || document.activeElement === block) return;
      block.classList.remove("lifted");
      back(block, picked);
      picked = null;
    });
  });

  /* The line of the present, every half minute, on the clock of the business. */
  const opened = Date.now();
  let minuteAtLoad = Number(document.querySelector(".clock .now")?.dataset.minute ?? NaN);
  let loadedAt = opened;
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target !== main) return;
    minuteAtLoad = Number(document.querySelector(".clock .now")?.dataset.minute ?? NaN);
    loadedAt = Date.now();
  });
  setInterval(() => {
    if (Number.isNaN(minuteAtLoad)) return;
    const minute = minuteAtLoad + Math.floor((Date.now() - loadedAt) / 60000);
    const [first, last] = hours();
    for (const line of document.querySelectorAll(".now")) {
      line.hidden = minute < first || minute >= last;
      line.style.setProperty("--hour", Math.floor(minute / 60));
      line.style.setProperty("--minute", minute % 60);
    }
    const label = document.querySelector(".clock .now");
    if (label) label.textContent = label.textContent.replace(/^\d+:\d\d/, clock(minute % 1440));
  }, 30000);

  /* Open where the day is. */
  const line = document.querySelector(".column .now");
  const board = $();
  if (line && board) board.scrollTop = Math.max(0, line.offsetTop - board.clientHeight / 3);
}
