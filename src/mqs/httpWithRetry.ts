import { setTimeout as delay } from "node:timers/promises";

/** Milliseconds before the second and the third try of a request whose connection broke. */
const RETRY_DELAYS_MS = [100, 300];

/**
 * What Node calls a connection that could not be made or was lost. Time-outs are missing on purpose: who did not answer
 * in time once would only be asked for longer.
 */
const RETRYABLE_ERROR_CODES = new Set([
  "EAI_AGAIN",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EPIPE",
  "UND_ERR_SOCKET",
]);

/** An HTTP answer, read to its end. */
export interface HttpResponse {
  status: number;
  text: string;
}

/**
 * Sends a request and reads the whole answer, whatever its status. The request must be idempotent: it is sent again, at
 * most twice, when its connection breaks, since nobody knows then whether it arrived.
 *
 * @param deadline ends everything: the tries, the waits between them, and the reading
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
  // A redirect would turn a POST into a GET, and might carry what was meant for one server to another.
  const response = await fetch(url, { ...init, redirect: "manual", signal });
  return { status: response.status, text: await response.text() };
}

/** `fetch` wraps what happened to the socket in a TypeError. */
function isConnectionError(error: unknown): boolean {
  const cause = error instanceof Error ? (error.cause as { code?: unknown } | undefined) : undefined;
  return typeof cause?.code === "string" && RETRYABLE_ERROR_CODES.has(cause.code);
}

/** The JSON value of a text; undefined when it is not JSON. */
export function parseJsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
