import { expectNoSecrets, SECRETS } from "./secretMarkers.js";

/** What came of a request. */
export interface Answer {
  status: number;
  text: string;
}

/** Sends a GET, or a POST when there is a body. */
export type Ask = (path: string, body?: unknown) => Promise<Answer>;

/** Answers that are meant to hold secrets: a user's own request, and the queues that a worker or user needs. */
const MEANT_TO_SHOW =
  /^\/v1\/(workflows$|task-directives\/|query\/task-directives|tms\/pending-starter|mqs\/.*\/public$)/;

/** Sends requests with a token to a service, and looks for secrets in the head and body of every answer. */
export const asking =
  (url: string): Ask =>
  async (path, body) => {
    const response = await fetch(url + path, {
      method: body === undefined ? "GET" : "POST",
      headers: { authorization: `Bearer ${SECRETS.bearerToken}` },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    expectNoSecrets(`head of ${path}`, `${response.statusText} ${JSON.stringify([...response.headers])}`);
    if (!response.ok || !MEANT_TO_SHOW.test(path)) expectNoSecrets(`body of ${path}`, text);
    return { status: response.status, text };
  };
