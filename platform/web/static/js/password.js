/* Shows a password while it is typed, for whoever asks. */
for (const button of document.querySelectorAll("[data-show-password]")) {
  const input = button.parentElement.querySelector("input");
  const texts = [button.textContent, button.dataset.showPassword];
  button.hidden = false;
  button.addEventListener("click", () => {
    const isShown = input.type === "password";
    input.type = isShown ? "text" : "password";
    button.textContent = texts[Number(isShown)];
    button.setAttribute("aria-pressed", String(isShown));
    input.focus();
  });
  /* Nobody saves what was shown as a text. */
  input.form.addEventListener("submit", () => {
    input.type = "password";
  });
}
