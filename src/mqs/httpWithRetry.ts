import { setTimeout as delay } from "node:timers/promises";

/** Milliseconds before the second and the third attempt of a request whose connection broke. */
const RETRY_DELAYS_MS = [100, 300];

/** Node's codes for a failed or lost connection. A retry after a time-out would only lengthen the wait. */
const RETRYABLE_ERROR_CODES = new Set([
  "EAI_AGAIN",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EPIPE",
  "UND_ERR_SOCKET",
]);

/** A complete HTTP response. */
export interface HttpResponse {
  status: number;
  text: string;
  /** The header `Retry-After`. */
  retryAfter: string | null;
}

/**
 * Sends a request and reads the whole response of any status. Sends it again, at most twice, when the connection
 * breaks. So the request must be idempotent: the server may have received it.
 *
 * @param deadline ends the attempts, the waits between them, and the reading
 * @throws the error of `fetch`, or the reason of the deadline
 */
export async function httpWithRetry(url: string, init: RequestInit, deadline: AbortSignal): Promise<HttpResponse> {
  for (const delayMs of RETRY_DELAYS_MS) {
    try {
      return await httpOnce(url, init, deadline);
    } catch (error) {
      if (!isConnectionError(error)) throw error;
    }
    await delay(delayMs, undefined, { signal: deadline });
  }
  return httpOnce(url, init, deadline);
}

async function httpOnce(url: string, init: RequestInit, signal: AbortSignal): Promise<HttpResponse> {
  // A redirect would turn a POST into a GET, and might send credentials to another server.
  const response = await fetch(url, { ...init, redirect: "manual", signal });
  const retryAfter = response.headers.get("retry-after");
  return { status: response.status, text: await response.text(), retryAfter };
}

/** `fetch` wraps the error of the socket in a TypeError. */
function isConnectionError(error: unknown): boolean {
  const cause = error instanceof Error ? (error.cause as { code?: unknown } | undefined) : undefined;
  return typeof cause?.code === "string" && RETRYABLE_ERROR_CODES.has(cause.code);
}
