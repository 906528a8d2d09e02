/* What is too large is refused before it travels; the server says the same. */
document.addEventListener("change", (event) => {
  const field = event.target.closest?.("input[type=file][data-most-bytes]");
  if (!field) return;
  const isTooLarge = [...field.files].some((file) => file.size > Number(field.dataset.mostBytes));
  field.setCustomValidity(isTooLarge ? field.dataset.tooLarge : "");
  if (isTooLarge) field.reportValidity();
  else if (field.files.length) field.form.requestSubmit();
});
