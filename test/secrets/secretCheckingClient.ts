import { expectNoSecrets, SECRETS } from "./secretMarkers.js";

/** What came of a request. */
export interface TextResponse {
  status: number;
  text: string;
}

/** Sends a GET, or a POST when there is a body. */
export type SendChecked = (path: string, body?: unknown) => Promise<TextResponse>;

/** Answers that are meant to hold secrets: a user's own request, and the queues that a worker or user needs. */
const SECRET_BEARING_PATHS =
  /^\/v1\/(workflows$|task-directives\/|query\/task-directives|tms\/pending-starter|mqs\/.*\/public$)/;

/** Sends requests with a token to a service, and looks for secrets in the head and body of every answer. */
export const createSecretCheckingClient =
  (url: string): SendChecked =>
  async (path, body) => {
    const response = await fetch(url + path, {
      method: body === undefined ? "GET" : "POST",
      headers: { authorization: `Bearer ${SECRETS.bearerToken}` },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    expectNoSecrets(`head of ${path}`, `${response.statusText} ${JSON.stringify([...response.headers])}`);
    if (!response.ok || !SECRET_BEARING_PATHS.test(path)) expectNoSecrets(`body of ${path}`, text);
    return { status: response.status, text };
  };
