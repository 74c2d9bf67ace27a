// Work that waits until somebody looks: nothing of a thousand messages is loaded before it is near the screen.

const loads = new WeakMap();
const plays = new WeakMap();
const MARGIN = "400px 0px";

const near = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      loads.get(target)();
    }
  },
  { rootMargin: MARGIN },
);

const onScreen = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) plays.get(target)(isIntersecting);
});

export function whenNear(node, act) {
  loads.set(node, act);
  near.observe(node);
}

// A loop runs while it is on the screen, silently.
export function playWhileSeen(video) {
  let seen = false;
  const follow = () => (seen ? video.play().catch(() => video.pause()) : video.pause());
  plays.set(video, (now) => {
    seen = now;
    if (video.src) follow();
  });
  video.addEventListener("loadedmetadata", follow);
  onScreen.observe(video);
}
