/* Sign-up: proposes an address from the name, and tells while typing whether it is free. */
const name = document.querySelector("#f-business_name");
const slug = document.querySelector("#f-slug");
const status = document.querySelector("[data-slug-status]");
let isTyped = slug.value !== "";
let timer = 0;
let latest = 0;

/* As `make_address` of the server, which sign-in reads names with: a test compares the two. */
const LETTERS = "аеорсухіѕјкмнтвαορνικτυχεημ";
const LATIN = "aeopcyxisjkmhtbaopviktuxenu";
const propose = (text) =>
  text
    .toLowerCase()
    .replaceAll("ß", "ss")
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/./gu, (letter) => LATIN[LETTERS.indexOf(letter)] ?? letter)
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .slice(0, 40)
    .replace(/-+$/, "");

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
