// Asks the panel's API. A refusal is an Error with `field`, `code`, `now` and `status`. Acts that need an answer in Telegram wait for it.

import { send } from "../answer.js";

const LOGIN = "/admin/login";
const SILENT = "The panel does not answer. Try again in a moment.";

export class Refusal extends Error {
  constructor(problem, status) {
    super(problem?.message ?? SILENT);
    Object.assign(this, { field: problem?.field ?? "", code: problem?.code ?? "", now: problem?.now, status });
  }
}

export async function ask(method, path, body = null) {
  let answer;
  try {
    answer = await send(method, path, body ?? undefined);
  } catch {
    throw new Refusal(null, 0);
  }
  if (answer.status === 401) location.assign(LOGIN);
  if (answer.status >= 400) throw new Refusal(answer.body?.error, answer.status);
  return answer.body;
}
