import { signal } from "@preact/signals";

/** The service answered, and said no. */
export class ApiRequestError extends Error {
  override name = "ApiRequestError";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The service did not answer, or can't serve for now: it will come back. */
export class ServiceUnavailable extends Error {
  override name = "ServiceUnavailable";
}

/** Whether the service knows the reader no more: only loading the page again helps. */
export const isSignedOut = signal(false);

/** Milliseconds for one answer: that of ten thousand taskforces takes a while. */
const REQUEST_TIMEOUT_MS = 60_000;

/** An answer, with all of its body. */
interface RawResponse {
  status: number;
  text: string;
}

/**
 * Asks the API.
 *
 * @returns the answer, which is JSON of the shape that the route has
 * @throws Refusal for an answer of 400 or more, Away for none, or a 503
 */
export async function callApi<T>(
  method: "GET" | "POST",
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<T> {
  const send = () => sendRequest(method, path, body, headers);
  const firstResponse = await send();
  const response = firstResponse.status === 401 && (await reauthenticate()) ? await send() : firstResponse;
  if (response.status < 400) return JSON.parse(response.text) as T;
  const reason = errorMessageFrom(response);
  if (response.status === 401) isSignedOut.value = true;
  if (response.status === 503 || response.status === 502) throw new ServiceUnavailable(reason);
  throw new ApiRequestError(response.status, reason);
}

async function sendRequest(
  method: string,
  path: string,
  body: unknown,
  headers: Record<string, string>,
): Promise<RawResponse> {
  try {
    const response = await fetch(path, {
      method,
      headers: { accept: "application/json", ...headers },
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    // Within the try: an answer may break off.
    return { status: response.status, text: await response.text() };
  } catch {
    throw new ServiceUnavailable("the service does not answer");
  }
}

/** A browser sends a password on its own only below an address that asked for it: `/` is above all others. */
const reauthenticate = (): Promise<boolean> =>
  fetch("/", { headers: { accept: "text/html" } }).then(
    ({ ok }) => ok,
    () => false,
  );

/** A proxy's error is none of the service's, and may be a page. */
function errorMessageFrom({ status, text }: RawResponse): string {
  try {
    const { error } = JSON.parse(text) as { error?: string };
    if (error !== undefined) return error;
  } catch {}
  return `the service answered ${status}`;
}
