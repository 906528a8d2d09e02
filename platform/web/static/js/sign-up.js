/* Sign-up: proposes an address from the name, and tells while typing whether it is free. */
const name = document.querySelector("#f-business_name");
const slug = document.querySelector("#f-slug");
const status = document.querySelector("[data-slug-status]");
let isTyped = slug.value !== "";
let timer = 0;
let latest = 0;

const propose = (text) =>
  text
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "")
    .slice(0, 40);

async function check() {
  const asked = ++latest;
  if (!slug.value) {
    status.textContent = "";
    return;
  }
  try {
    const response = await fetch(`${slug.dataset.check}?slug=${encodeURIComponent(slug.value)}`);
    const answer = await response.json();
    if (asked !== latest) return;
    status.textContent = answer.message;
    status.className = `hint ${answer.status === "free" ? "free" : "taken"}`;
    if (answer.status === "free") forgive();
  } catch {
    status.textContent = "";
  }
}

/* What the server said about an earlier address no longer holds. */
function forgive() {
  slug.removeAttribute("aria-invalid");
  document.querySelector("#f-slug_error")?.remove();
}

function later() {
  clearTimeout(timer);
  timer = setTimeout(check, 300);
}

name?.addEventListener("input", () => {
  if (isTyped) return;
  slug.value = propose(name.value);
  later();
});
slug.addEventListener("input", () => {
  isTyped = slug.value !== "";
  later();
});
