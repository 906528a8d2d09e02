/* What was moved on the board is sent: first whether the customer is told, then the server decides. */
import { forget, list, settle } from "./board-fit.js";
import { end, getBoard, giveBack, isSame, saySame } from "./board-visits.js";

const dialog = document.getElementById("tell");
const line = document.getElementById("tell-line");

/* The server decides; it answers with a notice (and what undoes the move), and the board refreshes. */
export async function commit(visit, from) {
  if (isSame(visit, from)) {
    giveBack(visit, from);
    saySame();
    return;
  }
  const values = { from: "board", seen: visit.dataset.sequence, ...list(visit, from) };
  const found = await settle(visit, from);
  // What cannot be is sent all the same: the refusal says why, and leads on.
  if (found?.fits && visit.dataset.reachable) {
    const said = await askWhetherTold(visit, from);
    if (!said) {
      giveBack(visit, from);
      saySame();
      visit.focus();
      return;
    }
    Object.assign(values, said);
  }
  forget(visit);
  send(visit, from, values);
}

function send(visit, from, values) {
  let isLost = false;
  const onLost = () => {
    isLost = true;
  };
  visit.classList.add("busy");
  visit.addEventListener("htmx:sendError", onLost);
  const onDone = () => {
    visit.removeEventListener("htmx:sendError", onLost);
    if (!isLost) {
      end();
      return;
    }
    // Nothing came of it: the visit is where it was, on the screen too.
    visit.classList.remove("busy");
    giveBack(visit, from);
    const { lost: title, lostText: text } = getBoard().dataset;
    document.dispatchEvent(new CustomEvent("turnero:toast", { detail: { title, text, tone: "bad" } }));
  };
  htmx.ajax("POST", visit.dataset.move, { values, swap: "none", source: visit }).then(onDone, onDone);
}

/* "yes" with a line, "no", or nothing: it stays where it was. */
function askWhetherTold(visit, from) {
  dialog.querySelector("[data-who]").textContent = visit.querySelector(".who").textContent.trim();
  dialog.querySelector("[data-what]").textContent =
    `${from.text} → ${visit.querySelector(".brief").textContent}${nameColumn(visit, from)}`;
  line.value = "";
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((done) => {
    dialog.addEventListener(
      "close",
      () => {
        const tell = dialog.returnValue;
        done(tell ? { tell, line: tell === "yes" ? line.value : "" } : null);
      },
      { once: true },
    );
  });
}

function nameColumn(visit, from) {
  const column = visit.closest(".column");
  return column === from.column ? "" : `, ${column.dataset.name}`;
}

/* Enter in the line means the first button. */
line?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  dialog.close("yes");
});
