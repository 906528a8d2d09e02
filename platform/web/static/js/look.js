/* The page of the business follows what is typed or chosen: name and color. What counts is measured by the server. */
const WAIT_MS = 150;
let timer = 0;

const list = () => document.querySelectorAll("[data-color]");

function mark(typed) {
  const color = `#${typed.trim().toLowerCase().replace(/^#/, "")}`;
  for (const each of list()) each.setAttribute("aria-pressed", String(each.dataset.color === color));
}

for (const each of list()) {
  each.addEventListener("click", () => {
    const field = document.querySelector("[data-look=accent]");
    field.value = each.dataset.color;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

document.addEventListener("input", (event) => {
  if (event.target.name === "name") {
    for (const each of document.querySelectorAll("b[data-look=name]")) each.textContent = event.target.value;
  }
  if (event.target.dataset.look !== "accent") return;
  mark(event.target.value);
  clearTimeout(timer);
  const typed = event.target.value.trim().replace(/^#/, "");
  if (!/^[0-9a-f]{6}$/i.test(typed)) return;
  timer = setTimeout(() => {
    const url = document.querySelector("#measured [data-url]").dataset.url;
    htmx.ajax("GET", `${url}?accent=${typed}`, { target: "#measured", swap: "outerHTML" });
  }, WAIT_MS);
});
