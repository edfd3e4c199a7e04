import { isNetworkFailure, networkErrorCode, networkFailureReason, Unreachable } from "./clientErrors.js";

/** How long the client retries. Times are seconds. */
export interface RetryOptions {
  /** Time from the first attempt in which another can start; default 60. With 0, the client attempts once. */
  maxSeconds?: number | undefined;
  /** Called before each further attempt. @param delaySeconds until that attempt */
  onRetry?: ((reason: string, delaySeconds: number) => void) | undefined;
}

/**
 * Sends one request, once.
 *
 * @param init.signal ends the request. It is passed apart from the request: the signal of a copy of a request does not
 *   fire any more after Node.js 20 has garbage-collected its link to the first signal
 */
export type SendRequest = (request: Request, init?: { signal: AbortSignal | null }) => Promise<Response>;

const INITIAL_BACKOFF_SECONDS = 0.2;
const MAX_BACKOFF_SECONDS = 10;
/** Default of {@link RetryOptions.maxSeconds}. */
export const DEFAULT_RETRY_SECONDS = 60;

/** Statuses that allow another attempt; 409 and 429 only with a `Retry-After` header. */
const RETRYABLE_STATUSES = new Set([409, 429, 503]);
/** Statuses of a proxy that could not reach the service, or got no answer. The service sends its own as JSON. */
const PROXY_STATUSES = new Set([502, 503, 504]);
/** Network failures before anything was sent. */
const UNSENT_ERROR_CODES = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT"]);
/** POST routes without an effect when repeated: queries, and all reports of a TMS. */
const IDEMPOTENT_ROUTES = /\/v1\/(query|tms)\//;

/** The header that makes a creation repeatable. */
export const IDEMPOTENCY_KEY_HEADER = "idempotency-key";

/** Whether a repeated request would have a second effect. */
const isMutation = ({ method, url }: Request): boolean =>
  !["GET", "HEAD", "PUT"].includes(method) && !IDEMPOTENT_ROUTES.test(new URL(url).pathname);

/** Whether the client can repeat a request that may have reached the service. */
const isSafeToRetry = (request: Request): boolean =>
  !isMutation(request) || request.headers.has(IDEMPOTENCY_KEY_HEADER);

/**
 * The delay before an attempt, in seconds: doubles with each attempt, with jitter against simultaneous retries of many
 * clients.
 *
 * @param attempt 0 for the first retry
 */
export const backoffSeconds = (attempt: number, initialSeconds: number, maxSeconds: number): number =>
  Math.min(initialSeconds * 2 ** attempt, maxSeconds) * (0.5 + Math.random() / 2);

/**
 * Repeats requests while the service is unreachable or requests a later attempt.
 *
 * @returns sends a request and returns the last response, whatever its status
 * @throws Unreachable without a response in time; the abort reason of the request's signal
 */
export function withRetries(
  send: SendRequest,
  { maxSeconds = DEFAULT_RETRY_SECONDS, onRetry }: RetryOptions = {},
): SendRequest {
  return async (request) => {
    const deadlineMs = Date.now() + maxSeconds * 1000;
    for (let attempt = 0; ; attempt++) {
      const outcome = await attemptRequest(send, request);
      if (outcome.retry === "never") return outcome.response;
      const delaySeconds = Math.max(
        backoffSeconds(attempt, INITIAL_BACKOFF_SECONDS, MAX_BACKOFF_SECONDS),
        outcome.minDelaySeconds,
      );
      const canRepeat = outcome.retry === "always" || isSafeToRetry(request);
      if (!canRepeat || Date.now() + delaySeconds * 1000 > deadlineMs) {
        if (outcome.response) return outcome.response;
        const { reason, cause, retry } = outcome;
        if (cause instanceof Unreachable) throw cause;
        const mayHaveSucceeded = retry !== "always" && isMutation(request);
        throw new Unreachable(new URL(request.url).origin, reason, { mayHaveSucceeded, cause });
      }
      onRetry?.(outcome.reason, delaySeconds);
      await abortableDelay(delaySeconds, request.signal);
    }
  };
}

type AttemptOutcome =
  | { retry: "never"; response: Response }
  | { retry: "always" | "if safe"; response?: Response; reason: string; cause?: unknown; minDelaySeconds: number };

async function attemptRequest(send: SendRequest, request: Request): Promise<AttemptOutcome> {
  let response: Response;
  try {
    response = await bufferResponse(await send(request.clone(), { signal: request.signal }));
  } catch (cause) {
    request.signal.throwIfAborted();
    // The identity provider gave no token, so nothing was sent to the service.
    if (cause instanceof Unreachable) return { retry: "always", reason: cause.message, cause, minDelaySeconds: 0 };
    if (!isNetworkFailure(cause)) throw cause;
    const retry = UNSENT_ERROR_CODES.has(networkErrorCode(cause) ?? "") ? "always" : "if safe";
    return { retry, reason: networkFailureReason(cause), cause, minDelaySeconds: 0 };
  }
  const { status, headers, statusText } = response;
  const retryAfterSeconds = Number(headers.get("retry-after")) || 0;
  const isJson = headers.get("content-type")?.startsWith("application/json") === true;
  if (PROXY_STATUSES.has(status) && !isJson)
    return { retry: "if safe", reason: `${status} ${statusText} of a proxy`, minDelaySeconds: retryAfterSeconds };
  if (!RETRYABLE_STATUSES.has(status) || (status !== 503 && !headers.has("retry-after")))
    return { retry: "never", response };
  // The service rejects a request with 429 before it has any effect.
  const retry = status === 429 ? "always" : "if safe";
  return { retry, response, reason: `${status} ${statusText}`, minDelaySeconds: retryAfterSeconds };
}

/** Reads the whole body, so that a connection that breaks within the body causes a retry, too. */
async function bufferResponse(response: Response): Promise<Response> {
  const { status, statusText, headers } = response;
  return new Response(await response.arrayBuffer(), { status, statusText, headers });
}

/** Waits. @throws the abort reason of the signal */
export function abortableDelay(seconds: number, signal?: AbortSignal | null): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, seconds * 1000);
    if (signal?.aborted) onAbort();
    else signal?.addEventListener("abort", onAbort, { once: true });
  });
}
