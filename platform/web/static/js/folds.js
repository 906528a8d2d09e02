/* A long form on a phone: of its parts the first stands open, and those in which something has to be corrected. */
const parts = [...document.querySelectorAll(".setup .part")];
const isPhone = matchMedia("(width < 720px)");

function set(part, isOpen) {
  part.querySelector(".fold-head").setAttribute("aria-expanded", String(isOpen));
  part.querySelector(".card").hidden = !isOpen;
}

/* Fields that are folded away are sent all the same. */
function addFold(part) {
  const title = part.querySelector("h2");
  const card = part.querySelector(".card");
  card.id = `${part.id}-fields`;
  const button = Object.assign(document.createElement("button"), { type: "button", className: "fold-head" });
  button.setAttribute("aria-controls", card.id);
  button.append(...title.childNodes);
  title.append(button);
  button.addEventListener("click", () => set(part, button.getAttribute("aria-expanded") !== "true"));
  part.addEventListener("invalid", () => set(part, true), true);
}

function fold() {
  for (const part of parts) {
    const isWrong = part.querySelector("[aria-invalid=true], [role=alert]") !== null;
    part.querySelector(".fold-head").disabled = !isPhone.matches;
    set(part, !isPhone.matches || part === parts[0] || isWrong);
  }
}

/* Links lead into a part: those of the row above, and those of the list of what is wrong. */
function openTarget() {
  const part = document.getElementById(location.hash.slice(1))?.closest(".part");
  if (part) set(part, true);
}

for (const part of parts) addFold(part);
fold();
openTarget();
isPhone.addEventListener("change", fold);
addEventListener("hashchange", openTarget);
document.addEventListener("click", ({ target }) => {
  const hash = target.closest?.('a[href^="#"]')?.hash;
  const part = hash && document.getElementById(hash.slice(1))?.closest(".part");
  if (part) set(part, true);
});
