/* Reloads the progress page when the new business is a step further. */
const box = document.querySelector("[data-progress]");

async function look() {
  try {
    const response = await fetch(box.dataset.progress);
    const { status } = await response.json();
    if (status !== box.dataset.status) {
      location.reload();
      return;
    }
  } catch {
    /* The next look may work. */
  }
  setTimeout(look, box.dataset.status === "verified" ? 700 : 3000);
}

look();
