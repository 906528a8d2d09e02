/* What a change touches: one choice for all, what will happen in numbers, up to three bookings as a dialog, and how many of many
   are moved while the page waits. */
const PAUSE_MS = 1000;
const form = document.querySelector("[data-review]");
const rows = [...form.querySelectorAll(".one")];
const box = form.closest("dialog");
const said = document.getElementById("said");

if (box) {
  box.close();
  box.showModal();
  box.addEventListener("cancel", (event) => {
    event.preventDefault();
    goBack();
  });
}
form.querySelector("h2[autofocus]")?.focus();

function goBack() {
  form.querySelector('[name="review-do"][value="back"]').click();
}

function findChoice(row) {
  return row.querySelector(".what :checked")?.value ?? "";
}

function tell(isAnnounced) {
  const tally = { move: 0, keep: 0, cancel: 0 };
  const told = new Set();
  const rest = form.querySelector("[data-rest]");
  const forRest = rest?.querySelector(":checked")?.value ?? "";
  for (const row of rows) {
    const choice = findChoice(row);
    if (choice in tally) tally[choice] += 1;
    if ((choice === "move" || choice === "cancel") && "reachable" in row.dataset) told.add(row.dataset.person);
    for (const part of row.querySelectorAll(".goal > [data-when]")) part.hidden = part.dataset.when !== choice;
    const place = row.querySelector("select");
    if (place)
      row.querySelector(`#note-${place.id.slice(3)}`).textContent = place.selectedOptions[0]?.dataset.note ?? "";
  }
  if (forRest in tally) tally[forRest] += Number(rest.dataset.rest);
  const people = told.size + (forRest === "cancel" ? Number(rest.dataset.people) : 0);
  for (const [choice, count] of Object.entries(tally))
    form.querySelector(`[data-tally="${choice}"]`).textContent = count;
  const label = form.querySelector("[data-told]");
  label.textContent = people ? label.dataset.told.replace("0", people) : "";
  if (isAnnounced) said.textContent = form.querySelector(".tally").textContent.replace(/\s+/g, " ");
}

form.addEventListener("change", (event) => {
  const isForAll = event.target.name === "review-all";
  if (isForAll) {
    for (const row of rows) {
      const choice = row.querySelector(`.what [value="${event.target.value}"]`);
      if (choice) choice.checked = true;
    }
  }
  tell(isForAll);
});
tell(false);

/* More than a few are moved in parts: the answer comes with the last one. */
async function look() {
  try {
    const answer = await fetch(form.dataset.progress, { headers: { "HX-Request": "true" } });
    if (answer.status === 200 && !answer.redirected)
      form.querySelector(".save-bar .state").innerHTML = await answer.text();
  } catch {
    /* The next look may work. */
  }
  setTimeout(look, PAUSE_MS);
}

form.addEventListener("submit", (event) => {
  if (form.dataset.progress && event.submitter?.value === "save") setTimeout(look, PAUSE_MS);
});
