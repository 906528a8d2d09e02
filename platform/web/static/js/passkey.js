// Passkeys: a form whose answer comes from the device. Without the script, or without such a device, it stays hidden.
const forms = document.querySelectorAll("form[data-passkey]");

async function askDevice(form) {
  if (form.dataset.passkey === "create") {
    return window.webauthnJSON.create(JSON.parse(document.getElementById("passkey-options").textContent));
  }
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!answer.ok) {
    throw new Error(`passkey options: ${answer.status}`);
  }
  return window.webauthnJSON.get(await answer.json());
}

for (const form of forms) {
  form.hidden = !window.PublicKeyCredential || !window.webauthnJSON;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    const said = form.querySelector("[role=status]");
    said.textContent = "";
    button.setAttribute("aria-busy", "true");
    try {
      form.elements.credential.value = JSON.stringify(await askDevice(form));
      form.submit();
    } catch {
      said.textContent = form.dataset.problem;
    } finally {
      button.removeAttribute("aria-busy");
    }
  });
}
