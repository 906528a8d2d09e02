/* Sign-up: takes country and time zone from the browser and shows them as a line; "Change" shows the whole list. */
const list = document.querySelector("#f-timezone");
const line = document.querySelector("[data-place]");
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const isZone = (option) => option.value === zone || (option.dataset.also ?? "").split(" ").includes(zone);
const found = [...list.options].find(isZone);

function showLine() {
  const time = new Intl.DateTimeFormat(document.documentElement.lang, {
    timeZone: list.value,
    hour: "numeric",
    minute: "2-digit",
  }).format(new Date());
  const spoken = line.querySelector("[data-place-time]");
  line.querySelector("[data-place-name]").textContent = list.selectedOptions[0].text;
  // Spanish says "es la 1:05" and "son las 2:05".
  const text = /^1\D/.test(time) ? spoken.dataset.one : spoken.dataset.text;
  spoken.textContent = text.replace("{time}", time);
  line.hidden = false;
  list.hidden = true;
}

if (found && "guess" in list.dataset) {
  list.value = found.value;
  try {
    showLine();
  } catch {
    /* This browser does not know the zone: the list stays. */
  }
}
line.querySelector("button").addEventListener("click", () => {
  line.hidden = true;
  list.hidden = false;
  list.focus();
});
