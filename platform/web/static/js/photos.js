/* Photos go one by one: together they may be more than one request takes. Without this file they go at once. */
document.addEventListener("submit", async (event) => {
  const form = event.target;
  const input = form.querySelector("input[type=file]");
  if (event.defaultPrevented || !input || input.files.length < 2) return;
  event.preventDefault();
  const files = [...input.files];
  const said = document.getElementById("said");
  let page = location.href;
  for (const [at, file] of files.entries()) {
    said.textContent = form.dataset.sending.replace("{number}", at + 1).replace("{count}", files.length);
    const body = new FormData(form);
    body.set(input.name, file);
    const answer = await fetch(page, { method: "POST", body }).catch(() => null);
    if (!answer?.ok) {
      const text = answer ? await answer.text() : "";
      const fresh = new DOMParser().parseFromString(text, "text/html").getElementById("main");
      if (fresh) document.getElementById("main").replaceWith(fresh);
      else said.textContent = form.dataset.failed;
      delete form.dataset.sent; // of once.js
      form.querySelector("[aria-busy]")?.removeAttribute("aria-busy");
      return;
    }
    page = answer.url;
  }
  location.assign(page);
});
