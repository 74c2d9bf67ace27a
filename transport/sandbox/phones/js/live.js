// One WebSocket for all phones. It comes back by itself, and asks for what each phone missed meanwhile.

const FIRST_PAUSE = 400;
const LONGEST_PAUSE = 5000;

export class Live extends EventTarget {
  #socket = null;
  #pause = FIRST_PAUSE;
  #timer = 0;
  #watch;

  // `watch` tells, at any moment, what to ask for: {watch: [user], after: {user: seq}}.
  constructor(watch) {
    super();
    this.#watch = watch;
    window.addEventListener("online", () => this.connect());
  }

  get open() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  connect() {
    clearTimeout(this.#timer);
    if (this.#socket && this.#socket.readyState <= WebSocket.OPEN) return;
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/live`);
    this.#socket = socket;
    socket.addEventListener("open", () => this.#opened());
    socket.addEventListener("message", ({ data }) => this.dispatchEvent(new CustomEvent("event", { detail: JSON.parse(data) })));
    socket.addEventListener("close", () => this.#closed());
  }

  // Somebody was added or put away: say again whom we follow.
  refresh() {
    if (this.open) this.#socket.send(JSON.stringify(this.#watch()));
  }

  #opened() {
    this.#pause = FIRST_PAUSE;
    this.dispatchEvent(new Event("up"));
  }

  #closed() {
    this.dispatchEvent(new Event("down"));
    this.#timer = setTimeout(() => this.connect(), this.#pause);
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
  }
}
