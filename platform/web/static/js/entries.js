/* Lists: what is said when a search or a row could not be loaded. */
function fail(event) {
  const entries = document.getElementById("entries");
  const model = document.getElementById("list-failed");
  const asked = event.detail.elt;
  if (!entries || !model || !asked?.closest?.('[role="search"]')) return;
  const main = entries.querySelector("main");
  main.replaceChildren(model.content.cloneNode(true));
  main.querySelector("[data-again]").addEventListener("click", (click) => {
    click.preventDefault();
    asked.closest("form").requestSubmit();
  });
}

document.addEventListener("htmx:sendError", fail);
document.addEventListener("htmx:timeout", fail);
document.addEventListener("htmx:afterRequest", (event) => {
  if ((event.detail.xhr?.status ?? 0) >= 500) fail(event);
});
