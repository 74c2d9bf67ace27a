// The page of a bot: its name has to be typed before it can be removed.

for (const typed of document.querySelectorAll("[data-typed]")) {
  const button = typed.form.querySelector("button.danger");
  const look = () => (button.disabled = typed.value.trim() !== typed.dataset.typed);
  typed.addEventListener("input", look);
  look();
}
