import { sendRequest } from "../setup/http.js";
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
  /^\/v1\/(workflows$|workflows\/[^/]+\/request$|task-directives\/|query\/task-directives|tms\/pending-starter|mqs\/.*\/public$)/;

/** Sends requests with a token to a service, and looks for secrets in the head and body of every answer. */
export const createSecretCheckingClient =
  (url: string): SendChecked =>
  async (path, body) => {
    const { status, reason, headers, text } = await sendRequest(url + path, {
      method: body === undefined ? "GET" : "POST",
      headers: { authorization: `Bearer ${SECRETS.bearerToken}` },
      body,
    });
    expectNoSecrets(`head of ${path}`, `${reason} ${JSON.stringify(headers)}`);
    if (status >= 300 || !SECRET_BEARING_PATHS.test(path)) expectNoSecrets(`body of ${path}`, text);
    return { status, text };
  };
