/* A time zone's field: says what the clocks of the chosen city show, which its line in the list knows. */
for (const said of document.querySelectorAll("[data-zone-now]")) {
  const field = said.parentElement.querySelector("input[list]");
  field.addEventListener("input", () => {
    const found = [...field.list.options].find((option) => option.value === field.value);
    said.textContent = found ? said.dataset.zoneNow.replace("{time}", found.label) : "";
  });
}
