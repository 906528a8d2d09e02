/* A form that is filled in for a while: it says that something is not saved yet, and asks before the page is left. */
const form = document.querySelector(".setup-form");
const states = form.querySelectorAll("[data-when]");

function isDefault(field) {
  if (field.type === "checkbox" || field.type === "radio") return field.checked === field.defaultChecked;
  if (field.tagName !== "SELECT") return field.value === field.defaultValue;
  const written = [...field.options].filter((option) => option.defaultSelected);
  const first = written.length || field.multiple ? written : [...field.options].slice(0, 1);
  return [...field.options].every((option) => option.selected === first.includes(option));
}

function isTouched() {
  const fields = [...form.elements].filter((each) => each.matches("input, select, textarea"));
  return "unsaved" in form.dataset || !fields.every(isDefault);
}

function ask(event) {
  event.preventDefault();
}

function stopAsking() {
  removeEventListener("beforeunload", ask);
}

/* A listener that is always there would keep the page from coming back at once with the back button. */
function tell() {
  const touched = isTouched();
  for (const state of states) state.hidden = (state.dataset.when === "touched") !== touched;
  if (touched) addEventListener("beforeunload", ask);
  else stopAsking();
}

form.addEventListener("input", tell);
form.addEventListener("change", tell);
for (const each of [form, ...document.querySelectorAll("[data-review]")]) each.addEventListener("submit", stopAsking);
form.querySelector("[data-discards]").addEventListener("click", stopAsking);
/* What was typed goes along to another language (language.js), but for rows that were added. */
if (!form.querySelector("template")) {
  for (const link of document.querySelectorAll("a[hreflang]")) link.addEventListener("click", stopAsking);
}
addEventListener("pageshow", tell);
