import { networkErrorCode, networkFailureReason, Unreachable } from "./clientErrors.js";

/** How long and how often the client tries. Times are seconds. */
export interface RetryOptions {
  /** No attempt begins later than this after the first one; 60 unless told, 0: one attempt. */
  maxSeconds?: number | undefined;
  /** Told before each further attempt. @param wait how long the client waits before it */
  onRetry?: ((reason: string, wait: number) => void) | undefined;
}

/** Sends one request, once. */
export type SendRequest = (request: Request) => Promise<Response>;

/** Upper bound of the first wait, doubled for each further one up to {@link MAX_BACKOFF_SECONDS}. */
const INITIAL_BACKOFF_SECONDS = 0.2;
const MAX_BACKOFF_SECONDS = 10;
const DEFAULT_RETRY_SECONDS = 60;

/** Answers that ask for another attempt: 409 and 429 do so only when they say when. */
const RETRYABLE_STATUSES = new Set([409, 429, 503]);
/** What breaks before anything was sent. */
const UNSENT_ERROR_CODES = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT"]);
/** POST routes that change nothing when they are called again: queries, and all that a TMS reports. */
const IDEMPOTENT_ROUTES = /\/v1\/(query|tms)\//;

/** The header that makes a creation repeatable. */
export const IDEMPOTENCY_KEY_HEADER = "idempotency-key";

/** Whether a request would change something if it came twice. */
const isMutation = ({ method, url }: Request): boolean =>
  method !== "GET" && method !== "HEAD" && !IDEMPOTENT_ROUTES.test(new URL(url).pathname);

/** Whether a request that may have reached the service can be sent again. */
const isSafeToRetry = (request: Request): boolean =>
  !isMutation(request) || request.headers.has(IDEMPOTENCY_KEY_HEADER);

/** A random share of a wait that grows with each attempt, so that many clients don't come back all at once. In seconds. */
const backoffSeconds = (attempt: number): number =>
  Math.random() * Math.min(INITIAL_BACKOFF_SECONDS * 2 ** (attempt - 1), MAX_BACKOFF_SECONDS);

/**
 * Sends requests again while nobody answers, or the answer says that the service is away for now.
 *
 * @returns the answer, whatever its status
 * @throws Unreachable when the patience is at its end; what `signal` of the request was aborted with
 */
export function withRetries(
  send: SendRequest,
  { maxSeconds: seconds = DEFAULT_RETRY_SECONDS, onRetry }: RetryOptions = {},
): SendRequest {
  return async (request) => {
    const deadlineMs = Date.now() + seconds * 1000;
    for (let attempt = 1; ; attempt++) {
      const outcome = await attemptRequest(send, request);
      if (outcome.again === "never") return outcome.answer;
      const delaySeconds = Math.max(backoffSeconds(attempt), outcome.notBefore);
      const canRepeat = outcome.again === "always" || isSafeToRetry(request);
      if (!canRepeat || Date.now() + delaySeconds * 1000 > deadlineMs) {
        if (outcome.answer) return outcome.answer;
        const { reason, cause, again } = outcome;
        const mayHaveSucceeded = again !== "always" && isMutation(request);
        throw new Unreachable(new URL(request.url).origin, reason, { mayHaveSucceeded, cause });
      }
      onRetry?.(outcome.reason, delaySeconds);
      await abortableDelay(delaySeconds, request.signal);
    }
  };
}

type AttemptOutcome =
  | { again: "never"; answer: Response }
  | { again: "always" | "repeatable"; answer?: Response; reason: string; cause?: unknown; notBefore: number };

async function attemptRequest(send: SendRequest, request: Request): Promise<AttemptOutcome> {
  let response: Response;
  try {
    response = await bufferResponse(await send(request.clone()));
  } catch (cause) {
    request.signal.throwIfAborted();
    if (!(cause instanceof TypeError)) throw cause;
    const again = UNSENT_ERROR_CODES.has(networkErrorCode(cause) ?? "") ? "always" : "repeatable";
    return { again, reason: networkFailureReason(cause), cause, notBefore: 0 };
  }
  const { status, headers, statusText } = response;
  if (!RETRYABLE_STATUSES.has(status) || (status !== 503 && !headers.has("retry-after")))
    return { again: "never", answer: response };
  // A caller that is sent away for being too fast has had nothing done for it.
  const again = status === 429 ? "always" : "repeatable";
  const notBefore = Number(headers.get("retry-after")) || 0;
  return { again, answer: response, reason: `${status} ${statusText}`, notBefore };
}

/** An answer with its whole body: a connection that breaks while the body comes is one more reason to ask again. */
async function bufferResponse(response: Response): Promise<Response> {
  const { status, statusText, headers } = response;
  return new Response(await response.arrayBuffer(), { status, statusText, headers });
}

/** Waits, unless the signal ends it. @throws what the signal was aborted with */
export function abortableDelay(seconds: number, signal?: AbortSignal | null): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", end);
      resolve();
    }, seconds * 1000);
    if (signal?.aborted) end();
    else signal?.addEventListener("abort", end, { once: true });
  });
}
