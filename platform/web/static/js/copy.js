/* A button that copies what a field holds, and says so for two seconds. */
const said = document.querySelector("#said");

for (const button of document.querySelectorAll("[data-copy]")) {
  const label = button.querySelector("span");
  const usual = label.textContent;
  button.addEventListener("click", async () => {
    const field = document.querySelector(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      field.select(); // not allowed to: one key does the rest
      return;
    }
    label.textContent = button.dataset.copied;
    said.textContent = button.dataset.copied;
    setTimeout(() => {
      label.textContent = usual;
    }, 2000);
  });
}
