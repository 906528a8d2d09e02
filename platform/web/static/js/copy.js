/* A button that copies what a field or a code says, and says so for two seconds; also one that came later (htmx). */
const said = document.querySelector("#said");

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) {
    return;
  }
  const label = button.querySelector("span");
  const field = document.querySelector(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(field.value ?? field.textContent);
  } catch {
    // Not allowed to: one key does the rest.
    if (field.select) field.select();
    else getSelection().selectAllChildren(field);
    return;
  }
  button.dataset.usual ??= label.textContent;
  label.textContent = button.dataset.copied;
  said.textContent = button.dataset.copied;
  setTimeout(() => {
    label.textContent = button.dataset.usual;
  }, 2000);
});
