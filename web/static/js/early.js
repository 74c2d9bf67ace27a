// A button that is pressed before the page's scripts have loaded is pressed again once they have. Without this, such a press of a
// quick hand, or on a slow line, would do nothing. A classic script: it runs before the rest of the page is read.
{
  const pressed = new Set();

  const hold = (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    pressed.add(button);
  };

  document.addEventListener("click", hold, true);
  document.addEventListener("DOMContentLoaded", () => {
    // After the other listeners to this event.
    setTimeout(() => {
      document.removeEventListener("click", hold, true);
      for (const button of pressed) button.click();
    });
  });
}
