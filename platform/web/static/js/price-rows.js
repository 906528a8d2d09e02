/* Prices in their rows. Enter saves (the form does), Esc leaves, Tab saves and opens the next one. */
let following = null;

function findNext(row) {
  const costs = [...document.querySelectorAll(".entries .cost")];
  return costs.find((cost) => row.compareDocumentPosition(cost) & Node.DOCUMENT_POSITION_FOLLOWING) ?? null;
}

document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.(".price-edit");
  if (!form) return;
  if (event.key === "Escape") {
    event.preventDefault();
    form.querySelector("[data-leaves]").click();
  } else if (event.key === "Tab" && !event.shiftKey && event.target.inputMode === "decimal") {
    event.preventDefault();
    following = findNext(form.closest("tr"))?.closest("tr").querySelector("th[id]").id ?? null;
    form.requestSubmit();
  }
});

/* A price that was refused stays open; what Tab wanted to go to waits for nothing. */
document.addEventListener("htmx:afterSettle", (event) => {
  const amount = document.querySelector(".price-edit input[inputmode]");
  if (amount && event.target.contains?.(amount)) amount.select();
  if (following && !document.querySelector(".price-edit")) {
    document.getElementById(following)?.closest("tr").querySelector(".cost")?.click();
  }
  following = null;
});

/* Without a price there is nothing to type. */
document.addEventListener("change", (event) => {
  const form = event.target.closest?.(".price-edit");
  if (form && event.target.tagName === "SELECT") {
    const amount = form.querySelector("input[inputmode]");
    amount.readOnly = event.target.value === "on_request";
  }
});
