/* The week on one grid: days are chosen, the editor beside writes into their fields, the server draws what they say. */
const form = document.querySelector("#week-form");
const editor = document.querySelector("#editor");
const bar = document.querySelector("#week-save");
const submit = document.querySelector("#week-submit");
const words = editor.querySelector("[data-words]").dataset;
const lists = {
  hours: editor.querySelector('[data-list="hours"]'),
  breaks: editor.querySelector('[data-list="breaks"]'),
};
const works = editor.querySelector("[data-works]");
const follow = editor.querySelector("[data-follow]");
const plainSave = submit.textContent;
const NAMES = ["hours", "breaks"];

/* So long nothing more is typed before the server is asked, in milliseconds. */
const PAUSE = 250;

const state = { chosen: [], anchor: "", draws: 0, copied: null, remembered: {}, refill: false, timer: 0 };

const find = (key) => form.querySelector(`#cell-${key}`);
const rowOf = (cell) => cell.closest("tr");
const fieldOf = (cell, name) => form.elements.namedItem(`${name}-${cell.dataset.cell}`);
const say = (text) => {
  document.querySelector("#said").textContent = text;
};

function listCells() {
  return [...form.querySelectorAll("a.cell")];
}

function chosenCells() {
  return state.chosen.map(find).filter(Boolean);
}

function visibleRows() {
  return [...form.querySelectorAll("#week-rows tr")].filter((row) => row.offsetParent !== null);
}

/* Where an arrow leads: along the days, or to the same day of the next row; on a phone days lie below each other. */
function step(cell, key) {
  const cells = [...rowOf(cell).querySelectorAll("a.cell")];
  const at = cells.indexOf(cell);
  const isNarrow = matchMedia("(max-width: 720px)").matches;
  const along = { ArrowRight: 1, ArrowLeft: -1, ...(isNarrow ? { ArrowDown: 1, ArrowUp: -1 } : {}) }[key];
  if (along) return cells[at + along];
  if (key === "Home") return cells[0];
  if (key === "End") return cells.at(-1);
  const rows = visibleRows();
  const next = rows[rows.indexOf(rowOf(cell)) + { ArrowDown: 1, ArrowUp: -1 }[key]];
  return next?.querySelectorAll("a.cell")[at];
}

/* All cells of the rectangle between two. */
function listBetween(one, other) {
  const rows = visibleRows();
  const place = (cell) => [rows.indexOf(rowOf(cell)), [...rowOf(cell).querySelectorAll("a.cell")].indexOf(cell)];
  const [ends, sides] = [0, 1].map((axis) => [place(one)[axis], place(other)[axis]].sort((a, b) => a - b));
  return rows
    .slice(ends[0], ends[1] + 1)
    .flatMap((row) => [...row.querySelectorAll("a.cell")].slice(sides[0], sides[1] + 1));
}

function upgrade() {
  const first = listCells()[0];
  const current = find(state.anchor) ?? first;
  for (const cell of listCells()) {
    cell.setAttribute("role", "button");
    cell.setAttribute("aria-pressed", String(state.chosen.includes(cell.dataset.cell)));
    cell.tabIndex = cell === current ? 0 : -1;
  }
  const select = document.querySelector("#whose");
  for (const row of form.querySelectorAll("#week-rows tr"))
    row.classList.toggle("is-shown", row.dataset.row === select.value);
}

function choose(cells, anchor) {
  state.chosen = cells.map((cell) => cell.dataset.cell);
  if (anchor) state.anchor = anchor.dataset.cell;
  upgrade();
  if (cells.length) fillEditor();
  editor.hidden = !cells.length;
}

function reach(cell) {
  for (const each of listCells()) each.tabIndex = each === cell ? 0 : -1;
  cell.focus();
}

/* The editor's rows, made of the text of a field: "8:00–13:00, 14:00–18:00". */
function splitText(text) {
  return text
    .split(/[,;]\s*/)
    .filter(Boolean)
    .map((part) => part.split(/\s*[–—-]\s*/, 2));
}

function addPeriod(name, opens = "", closes = "") {
  const made = document.querySelector("#period-fields").content.cloneNode(true);
  const number = lists[name].querySelectorAll(".between-times").length + 1;
  const label = words[name].replace("{number}", number);
  const [from, to] = [made.querySelector("[data-opens]"), made.querySelector("[data-closes]")];
  from.value = opens;
  to.value = closes;
  from.ariaLabel = `${label}, ${words.from}`;
  to.ariaLabel = `${label}, ${words.to}`;
  made.querySelector("[data-drop]").ariaLabel = `${words.drop}: ${label}`;
  lists[name].append(made);
  return from;
}

function readPeriods(name) {
  return [...lists[name].querySelectorAll(".between-times")]
    .map((row) => [row.querySelector("[data-opens]").value.trim(), row.querySelector("[data-closes]").value.trim()])
    .filter(([opens, closes]) => opens || closes)
    .map(([opens, closes]) => `${opens}–${closes}`)
    .join(", ");
}

function fillEditor() {
  const cells = chosenCells();
  const [first] = cells;
  const names = new Set(cells.map((cell) => rowOf(cell).dataset.row));
  const title = editor.querySelector("#editor-title");
  const day = first.querySelector(".weekday-name").textContent;
  const owner = rowOf(first).querySelector(".owner .name").textContent;
  title.textContent =
    cells.length > 1 ? title.dataset.many.replace("{count}", cells.length) : `${owner} · ${day.toLowerCase()}`;
  editor.querySelector("[data-differ]").hidden = NAMES.every((name) =>
    cells.every((cell) => fieldOf(cell, name).value === fieldOf(first, name).value),
  );
  for (const name of NAMES) {
    for (const row of lists[name].querySelectorAll(".between-times")) row.remove();
    for (const [opens, closes] of splitText(fieldOf(first, name).value)) addPeriod(name, opens, closes);
  }
  const isPlace = [...names].every((name) => form.querySelector(`#row-${name}`).matches("[data-place]"));
  editor.querySelector("[data-follow-field]").hidden = isPlace;
  editor.querySelector("[data-of-place]").hidden = !isPlace;
  editor.querySelector("[data-of-person]").hidden = isPlace;
  showNotes();
}

function showNotes() {
  const notes = editor.querySelector("[data-notes]");
  const [first] = chosenCells();
  if (first) {
    follow.checked = chosenCells().some((cell) => rowOf(cell).matches("[data-follows]"));
    works.checked = fieldOf(first, "hours").value !== "";
  }
  notes.replaceChildren(first ? first.parentElement.querySelector("template").content.cloneNode(true) : "");
}

/* From now on the row is part of what is sent. */
function take(row) {
  for (const input of row.querySelectorAll("input")) {
    input.disabled = input.name.startsWith("follows-") && !row.matches("[data-follows]");
  }
}

function setFollow(row, isFollowing) {
  if (row.matches("[data-place]")) return;
  row.toggleAttribute("data-follows", isFollowing);
  take(row);
}

function write(cells, texts) {
  for (const cell of cells) {
    const row = rowOf(cell);
    const changes = "hours" in texts && texts.hours !== fieldOf(cell, "hours").value;
    take(row);
    if (changes && row.matches("[data-follows]")) setFollow(row, false);
    for (const [name, text] of Object.entries(texts)) fieldOf(cell, name).value = text;
  }
}

/* Asks once for what is changed in quick succession; what is asked for already is given up. */
function draw({ refill = false } = {}) {
  state.refill ||= refill;
  clearTimeout(state.timer);
  state.timer = setTimeout(askServer, PAUSE);
  showState({});
}

async function askServer() {
  state.draws += 1;
  const mine = state.draws;
  const refill = state.refill;
  state.refill = false;
  state.asked?.abort();
  state.asked = new AbortController();
  const sent = { method: "POST", body: new FormData(form), signal: state.asked.signal };
  const answer = await fetch(form.dataset.draw, sent).catch(() => null);
  if (mine !== state.draws) return;
  if (!answer?.ok) {
    showState({});
    return;
  }
  const table = document.createElement("table");
  table.innerHTML = await answer.text();
  if (mine !== state.draws) return;
  const focused = document.activeElement?.dataset?.cell;
  document.querySelector("#week-rows").replaceWith(table.tBodies[0]);
  upgrade();
  if (focused) find(focused)?.focus();
  showState(document.querySelector("#week-rows").dataset);
  if (!state.chosen.length) return;
  const isTyping = editor.contains(document.activeElement) && document.activeElement.matches("input:not([type])");
  if (refill || !isTyping) fillEditor();
  else showNotes();
}

function showState({ unsaved = "", touched = "" }) {
  bar.hidden = false;
  if (unsaved) document.querySelector("#week-unsaved").textContent = unsaved;
  submit.textContent = touched || plainSave;
  addEventListener("beforeunload", ask);
}

function ask(event) {
  event.preventDefault();
}

function stopAsking() {
  clearTimeout(state.timer);
  removeEventListener("beforeunload", ask);
}

function paste(texts, cells) {
  write(cells, texts);
  draw({ refill: true });
}

function read(cell) {
  return Object.fromEntries(NAMES.map((name) => [name, fieldOf(cell, name).value]));
}

form.addEventListener("click", (event) => {
  const cell = event.target.closest("a.cell");
  if (!cell) return;
  event.preventDefault();
  const anchor = find(state.anchor);
  if (event.shiftKey && anchor) choose(listBetween(anchor, cell));
  else if (event.ctrlKey || event.metaKey) {
    const others = chosenCells().filter((each) => each !== cell);
    choose(others.length < state.chosen.length ? others : [...others, cell], cell);
  } else choose([cell], cell);
  reach(cell);
});

form.addEventListener("keydown", (event) => {
  const cell = event.target.closest?.("a.cell");
  if (!cell) return;
  const isCommand = event.ctrlKey || event.metaKey;
  if (event.key.startsWith("Arrow") || event.key === "Home" || event.key === "End") {
    event.preventDefault();
    const next = step(cell, event.key);
    if (!next) return;
    if (event.shiftKey) choose(listBetween(find(state.anchor) ?? cell, next));
    else state.anchor = next.dataset.cell;
    reach(next);
  } else if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    if (!state.chosen.includes(cell.dataset.cell)) choose([cell], cell);
    (editor.querySelector("input:not([type])") ?? works).focus();
  } else if (event.key === "Escape") choose([]);
  else if (isCommand && event.key.toLowerCase() === "c") {
    state.copied = read(cell);
    say(words.copied);
  } else if (isCommand && event.key.toLowerCase() === "v" && state.copied) {
    const cells = chosenCells();
    paste(state.copied, cells.includes(cell) ? cells : [cell]);
  }
});

editor.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    event.preventDefault();
    document.activeElement.blur();
    find(state.anchor)?.focus();
  } else if (event.key === "Enter" && event.target.matches("input:not([type])")) {
    event.preventDefault();
    event.target.dispatchEvent(new Event("change", { bubbles: true }));
  }
});

editor.addEventListener("change", (event) => {
  const cells = chosenCells();
  const list = event.target.closest("[data-list]");
  if (event.target === follow) {
    for (const cell of cells) setFollow(rowOf(cell), follow.checked);
    draw({ refill: true });
  } else if (event.target === works) {
    const [first] = cells;
    const before = state.remembered[first.dataset.cell] ?? placeHours(first);
    if (!works.checked) state.remembered[first.dataset.cell] = fieldOf(first, "hours").value;
    write(cells, works.checked ? { hours: before } : { hours: "", breaks: "" });
    draw({ refill: true });
  } else if (list) {
    write(cells, { [list.dataset.list]: readPeriods(list.dataset.list) });
    draw();
  }
});

/* What the location has on the same day, for a day that is switched on. */
function placeHours(cell) {
  const day = cell.dataset.cell.split("-")[1];
  const place = form.querySelector(`[data-place] a.cell[data-cell$="-${day}"]`);
  return (place && fieldOf(place, "hours").value) || fieldOf(listCells()[1], "hours").value;
}

editor.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.add) addPeriod(button.dataset.add).focus();
  else if ("drop" in button.dataset) {
    const list = button.closest("[data-list]");
    button.closest(".between-times").remove();
    write(chosenCells(), { [list.dataset.list]: readPeriods(list.dataset.list) });
    draw({ refill: true });
    editor.querySelector(`[data-add="${list.dataset.list}"]`).focus();
  } else if ("closeEditor" in button.dataset) {
    const back = find(state.anchor);
    choose([]);
    back?.focus();
  } else if ("copy" in button.dataset) copyDay();
});

function copyDay() {
  const [first] = chosenCells();
  const whose = editor.querySelector("[data-copy-to]").value;
  const ticked = [...editor.querySelectorAll("[data-copy-day]:checked")].map((box) => box.value);
  const days = ticked.length ? ticked : [first.dataset.cell.split("-")[1]];
  const own = rowOf(first).dataset.row;
  const everybody = [...form.querySelectorAll("#week-rows tr:not([data-place])")].map((row) => row.dataset.row);
  const rows = whose === "*" ? everybody : [whose || own];
  const cells = rows.flatMap((row) => days.map((day) => find(`${row}-${day}`))).filter(Boolean);
  const texts = read(first);
  for (const row of new Set(cells.map(rowOf))) if (row.matches("[data-follows]")) setFollow(row, false);
  write(cells, texts);
  draw({ refill: true });
  say(words.copied);
}

form.addEventListener("submit", stopAsking);
document.querySelector("[data-discards]").addEventListener("click", stopAsking);
document.querySelector("#whose").addEventListener("change", () => {
  choose([]);
});
document.querySelector("#place")?.addEventListener("change", (event) => event.target.form.requestSubmit());

if (!bar.hidden) addEventListener("beforeunload", ask);
upgrade();
const wrong = form.querySelector(".cell .wrong")?.closest("a.cell");
if (wrong) choose([wrong], wrong);
