// Asks the panel's API. A refusal is an Error with `field` and `status`.

const LOGIN = "/admin/login";
const SILENT = "The panel does not answer. Try again in a moment.";

export class Refusal extends Error {
  constructor(problem, status) {
    super(problem?.message ?? SILENT);
    Object.assign(this, { field: problem?.field ?? "", code: problem?.code ?? "", now: problem?.now, status });
  }
}

export async function ask(method, path, body = null) {
  const options = { method, headers: {} };
  if (body !== null) {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    throw new Refusal(null, 0);
  }
  if (answer.status === 401) location.assign(LOGIN);
  const read = await answer.json().catch(() => null);
  if (!answer.ok) throw new Refusal(read?.error, answer.status);
  return read;
}
