// A message drawn to the left by a finger is replied to.

const FAR = 56; // pixels that count as a swipe
const FARTHEST = 80;
const STEADY = 10; // pixels before it is clear which way the finger goes

export function onSwipe(node, act) {
  let start = null;
  let by = 0;
  const end = (done) => {
    if (start === null) return;
    node.classList.remove("swiped");
    node.style.translate = "";
    start = null;
    if (done && by >= FAR) act();
  };
  node.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "touch" || event.target.closest("input")) return;
    start = { x: event.clientX, y: event.clientY };
    by = 0;
  });
  node.addEventListener("pointermove", (event) => {
    if (start === null) return;
    by = Math.min(FARTHEST, start.x - event.clientX);
    if (by < STEADY || Math.abs(event.clientY - start.y) > by) return;
    node.classList.add("swiped");
    node.style.translate = `${-by}px 0`;
  });
  node.addEventListener("pointerup", () => end(true));
  node.addEventListener("pointercancel", () => end(false));
}
