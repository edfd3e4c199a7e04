import { signal } from "@preact/signals";
import { createApiCalls } from "../../../client/src/apiCalls.js";
import { ApiError, Unreachable } from "../../../client/src/clientErrors.js";
import { unwrapResponse } from "../../../client/src/unwrapResponse.js";
import { basePath, hrefOf } from "../paths/basePath.ts";

/** Whether the session has ended: the user must load the page again. */
export const isSignedOut = signal(false);

/** Milliseconds for one response: a query of 10,000 taskforces takes several seconds. */
const REQUEST_TIMEOUT_MS = 60_000;

/**
 * The calls of the API. They have no retries: the user sees a failure at once, and the views poll.
 * {@link unwrapResponse} returns the body of a response.
 */
export const api = createApiCalls(basePath, sendWithSession, { maxSeconds: 0 });

/** Reads an object by its path, such as `/v1/workflows/<id>`. */
export const fetchObject = (path: string): Promise<object> => unwrapResponse(api.GET(path as "/v1/"));

/** Whether the service is unreachable or behind a proxy without a backend, so that a later request may succeed. */
export const isUnavailable = (error: unknown): boolean =>
  error instanceof Unreachable || (error instanceof ApiError && (error.status === 502 || error.status === 503));

async function sendWithSession(request: Request): Promise<Response> {
  const send = () =>
    fetch(request.clone(), { signal: AbortSignal.any([request.signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]) });
  let response = await send();
  if (response.status === 401 && (await reauthenticate())) response = await send();
  if (response.status === 401) isSignedOut.value = true;
  return response;
}

/** Makes the browser send a stored password: by itself it sends one only below a path that has requested it. */
const reauthenticate = (): Promise<boolean> =>
  fetch(hrefOf("/"), { headers: { accept: "text/html" } }).then(
    ({ ok }) => ok,
    () => false,
  );
