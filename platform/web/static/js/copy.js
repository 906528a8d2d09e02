/* A button that copies what a field or a code says, and says so for two seconds; also one that came later (htmx). */

/* What a page says while a dialog covers it is not heard: so that has a place of its own for what is only heard. */
function say(button, text) {
  const home = button.closest("dialog") ?? document.body;
  let said = home.querySelector(home === document.body ? "#said, [data-said]" : "[data-said]");
  if (!said) {
    said = document.createElement("p");
    said.className = "spoken";
    said.dataset.said = "";
    said.setAttribute("role", "status");
    home.append(said);
  }
  /* What is said twice is heard twice. */
  said.textContent = "";
  setTimeout(() => {
    said.textContent = text;
  }, 100);
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) {
    return;
  }
  const [label, name] = button.querySelectorAll("span");
  const field = document.querySelector(button.dataset.copy);
  try {
    await navigator.clipboard.writeText((field.dataset.plain ?? field.value ?? field.textContent).trim());
  } catch {
    // Not allowed to, as where there is no TLS: it is selected, and copied as by hand, or one key does the rest.
    if (field.select) field.select();
    else getSelection().selectAllChildren(field);
    if (!document.execCommand("copy")) return;
  }
  button.dataset.usual ??= label.textContent;
  label.textContent = button.dataset.copied;
  say(button, name ? `${button.dataset.copied}: ${name.textContent}` : button.dataset.copied);
  setTimeout(() => {
    label.textContent = button.dataset.usual;
  }, 2000);
});

/* On the customer's pages they are hidden where no script runs. */
for (const button of document.querySelectorAll("[data-copy][hidden]")) {
  button.hidden = false;
}
