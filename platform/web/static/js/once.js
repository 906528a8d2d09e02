/* A form that changes something goes out once; coming back with the back button wakes it up again. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.target === "_blank") return; // this page stays: whoever closes the new tab may want another one
  if (form.method !== "post" || form.hasAttribute("hx-post")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  if (!event.submitter?.formNoValidate) form.dataset.sent = "1";
  event.submitter?.setAttribute("aria-busy", "true");
});
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.forms) delete form.dataset.sent;
  for (const busy of document.querySelectorAll("button[aria-busy]")) busy.removeAttribute("aria-busy");
});
