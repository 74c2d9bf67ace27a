// The pages of bots. They are fetched anew every few seconds, but not under somebody's keyboard, nor while a row is unfolded. The
// name of a bot has to be typed before it can be removed.

for (const typed of document.querySelectorAll("[data-typed]")) {
  const button = typed.form.querySelector("button.danger");
  const look = () => (button.disabled = typed.value.trim() !== typed.dataset.typed);
  typed.addEventListener("input", look);
  look();
}

document.addEventListener("htmx:before:swap", (event) => {
  const place = document.querySelector("main [hx-get]");
  if (place.contains(document.activeElement) || place.querySelector('[aria-expanded="true"]')) event.preventDefault();
});
