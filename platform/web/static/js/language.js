/* Another language asks for the page anew: what was typed into its forms goes along, once and in this tab only. */
const KEPT = "typed";
const SECRET = "[type=password], [type=file], [autocomplete=one-time-code], [name=csrfmiddlewaretoken]";

/* The fields of each form that is posted, under names that the page in the other language gives them as well. */
function* listFields() {
  const seen = {};
  for (const form of document.forms) {
    if (form.getAttribute("method")?.toLowerCase() !== "post") continue;
    const place = new URL(form.getAttribute("action") || "", location.href).pathname;
    for (const field of form.elements) {
      if (!field.name || !field.matches("input, select, textarea") || field.matches(SECRET)) continue;
      const choice = /^(checkbox|radio)$/.test(field.type) ? field.value : "";
      const name = JSON.stringify([place, field.name, choice]);
      seen[name] = (seen[name] ?? 0) + 1;
      yield [`${name}${seen[name]}`, field];
    }
  }
}

function read(field) {
  if (/^(checkbox|radio)$/.test(field.type)) return field.checked;
  return field.type === "select-multiple" ? [...field.selectedOptions].map((option) => option.value) : field.value;
}

function write(field, value) {
  if (JSON.stringify(read(field)) === JSON.stringify(value)) return;
  if (typeof value === "boolean") field.checked = value;
  else if (Array.isArray(value)) for (const option of field.options) option.selected = value.includes(option.value);
  else field.value = value;
  for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
}

document.addEventListener("click", (event) => {
  if (!event.target.closest("a[hreflang]") || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  const typed = Object.fromEntries([...listFields()].map(([name, field]) => [name, read(field)]));
  sessionStorage.setItem(KEPT, JSON.stringify(typed));
});

/* After every other script of the page, so that these hear of it. */
addEventListener(
  "pageshow",
  () => {
    if (!document.querySelector("a[hreflang]")) return; // a frame on another site, which may keep nothing
    const typed = JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");
    sessionStorage.removeItem(KEPT);
    for (const [name, field] of listFields()) if (name in typed) write(field, typed[name]);
  },
  { once: true },
);
