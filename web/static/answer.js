// Sends a request of the API. Where the act needs an answer in Telegram, it shows the number and sends the request again after that.

const LOOK_EVERY = 1500; // milliseconds

// {status, body}: the answer, or the refusal where the person did not agree.
export async function send(method, path, body) {
  const first = await ask(method, path, body);
  if (first.body?.error?.code !== "answer") return first;
  return (await agreed(first.body.error.now)) ? ask(method, path, body) : first;
}

async function ask(method, path, body) {
  const content = body === undefined ? {} : { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const response = await fetch(path, { method, ...content });
  return { status: response.status, body: await response.json().catch(() => null) };
}

function part(name, properties, ...inside) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...inside);
  return made;
}

// Whether the person has agreed. A dialog shows the number meanwhile.
async function agreed({ reference, number, expires_in: seconds }) {
  const ends = performance.now() + seconds * 1000;
  const left = part("p", { className: "answer-left" });
  const cancel = part("button", { type: "button" }, "Cancel");
  const dialog = part(
    "dialog",
    { className: "answer", ariaLabel: "Answer in Telegram" },
    part("h2", {}, "Answer in Telegram"),
    part("p", {}, "A bot asks you whether this is to be done. Press this number there:"),
    part("p", { className: "answer-number" }, String(number)),
    left,
    cancel,
  );
  cancel.addEventListener("click", () => dialog.close());
  document.body.append(dialog);
  dialog.showModal();
  try {
    while (dialog.open && performance.now() < ends) {
      left.textContent = `${Math.ceil((ends - performance.now()) / 1000)} s left`;
      const { status, body } = await ask("GET", `/api/answers/${reference}`);
      if (status === 200 && body.state !== "waiting") return body.state === "accepted";
      await new Promise((done) => setTimeout(done, LOOK_EVERY));
    }
    return false;
  } finally {
    dialog.close();
    dialog.remove();
  }
}
