/* The price list: what changed is marked with the price before, arrows go from row to row. */
const sheet = document.getElementById("price-sheet");
const count = document.getElementById("touched");
const decimal = sheet.dataset.decimal;
const FIELDS = "select, input:not([type=hidden])";

function read(text) {
  const plain = text
    .trim()
    .split(decimal)
    .map((part) => part.replace(/[^\d]/g, ""));
  return plain[0] === "" ? null : Number(plain.join("."));
}

function isDefault(field) {
  if (field.tagName !== "SELECT") return field.value === field.defaultValue;
  return [...field.options].every((option) => option.selected === option.defaultSelected);
}

function describe(row) {
  const amount = row.querySelector("[inputmode=decimal]");
  const old = row.querySelector(".old");
  const before = read(old.dataset.amount);
  const after = amount.readOnly ? null : read(amount.value);
  old.textContent = `${old.dataset.before} `;
  if (before && after !== null && after !== before) {
    const percent = Math.round((after / before - 1) * 100);
    const share = document.createElement("b");
    share.textContent = `${percent > 0 ? "+" : ""}${percent} %`;
    old.append(share);
  }
}

function tell() {
  let touched = 0;
  for (const row of sheet.querySelectorAll("tr[data-line]")) {
    const select = row.querySelector("select");
    const amount = row.querySelector("[inputmode=decimal]");
    amount.readOnly = select.value === "on_request";
    const changed = [...row.querySelectorAll(FIELDS)].filter((field) => !isDefault(field));
    for (const field of row.querySelectorAll(FIELDS)) field.classList.toggle("changed", changed.includes(field));
    const isTouched = "sent" in row.dataset || changed.length > 0;
    touched += isTouched;
    if (isTouched) describe(row);
    else row.querySelector(".old").textContent = "";
  }
  count.textContent = touched ? `· ${count.dataset.text.replace("#", touched)}` : "";
}

/* What the server marked stays marked. */
for (const row of sheet.querySelectorAll("tr.changed")) row.dataset.sent = "";

sheet.addEventListener("input", tell);
sheet.addEventListener("change", tell);
addEventListener("pageshow", tell);
sheet.addEventListener("keydown", (event) => {
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  const cell = event.target.closest?.("td");
  if (!step || !cell || event.target.tagName === "SELECT") return;
  const rows = [...sheet.querySelectorAll("tr[data-line]")];
  const row = rows[rows.indexOf(cell.parentNode) + step];
  if (!row) return;
  event.preventDefault();
  const field = row.children[cell.cellIndex].querySelector(FIELDS);
  field.focus();
  field.select?.();
});
