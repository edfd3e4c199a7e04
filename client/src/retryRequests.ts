import { codeOf, reasonOf, Unreachable } from "./clientErrors.js";

/** How long and how often the client tries. Times are seconds. */
export interface Patience {
  /** No attempt begins later than this after the first one; 60 unless told, 0: one attempt. */
  seconds?: number | undefined;
  /** Told before each further attempt. @param wait how long the client waits before it */
  onRetry?: ((reason: string, wait: number) => void) | undefined;
}

/** Sends one request, once. */
export type Send = (request: Request) => Promise<Response>;

/** Upper bound of the first wait, doubled for each further one up to {@link LONGEST_WAIT}. */
const FIRST_WAIT = 0.2;
const LONGEST_WAIT = 10;
const USUAL_PATIENCE = 60;

/** Answers that ask for another attempt: 409 and 429 do so only when they say when. */
const NOT_NOW = new Set([409, 429, 503]);
/** What breaks before anything was sent. */
const NEVER_SENT = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT"]);
/** POST routes that change nothing when they are called again: queries, and all that a TMS reports. */
const REPEATABLE = /\/v1\/(query|tms)\//;

/** The header that makes a creation repeatable. */
export const IDEMPOTENCY_KEY = "idempotency-key";

/** Whether a request would change something if it came twice. */
const changes = ({ method, url }: Request): boolean =>
  method !== "GET" && method !== "HEAD" && !REPEATABLE.test(new URL(url).pathname);

/** Whether a request that may have reached the service can be sent again. */
const isRepeatable = (request: Request): boolean => !changes(request) || request.headers.has(IDEMPOTENCY_KEY);

/** A random share of a wait that grows with each attempt, so that many clients don't come back all at once. In seconds. */
const jittered = (attempt: number): number =>
  Math.random() * Math.min(FIRST_WAIT * 2 ** (attempt - 1), LONGEST_WAIT);

/**
 * Sends requests again while nobody answers, or the answer says that the service is away for now.
 *
 * @returns the answer, whatever its status
 * @throws Unreachable when the patience is at its end; what `signal` of the request was aborted with
 */
export function withRetries(send: Send, { seconds = USUAL_PATIENCE, onRetry }: Patience = {}): Send {
  return async (request) => {
    const end = Date.now() + seconds * 1000;
    for (let attempt = 1; ; attempt++) {
      const outcome = await attemptAt(send, request);
      if (outcome.again === "never") return outcome.answer;
      const wait = Math.max(jittered(attempt), outcome.notBefore);
      const canRepeat = outcome.again === "always" || isRepeatable(request);
      if (!canRepeat || Date.now() + wait * 1000 > end) {
        if (outcome.answer) return outcome.answer;
        const { reason, cause, again } = outcome;
        const mayBeDone = again !== "always" && changes(request);
        throw new Unreachable(new URL(request.url).origin, reason, { mayBeDone, cause });
      }
      onRetry?.(outcome.reason, wait);
      await pause(wait, request.signal);
    }
  };
}

type Outcome =
  | { again: "never"; answer: Response }
  | { again: "always" | "repeatable"; answer?: Response; reason: string; cause?: unknown; notBefore: number };

async function attemptAt(send: Send, request: Request): Promise<Outcome> {
  let answer: Response;
  try {
    answer = await readToEnd(await send(request.clone()));
  } catch (cause) {
    request.signal.throwIfAborted();
    if (!(cause instanceof TypeError)) throw cause;
    const again = NEVER_SENT.has(codeOf(cause) ?? "") ? "always" : "repeatable";
    return { again, reason: reasonOf(cause), cause, notBefore: 0 };
  }
  const { status, headers, statusText } = answer;
  if (!NOT_NOW.has(status) || (status !== 503 && !headers.has("retry-after")))
    return { again: "never", answer };
  // A caller that is sent away for being too fast has had nothing done for it.
  const again = status === 429 ? "always" : "repeatable";
  const notBefore = Number(headers.get("retry-after")) || 0;
  return { again, answer, reason: `${status} ${statusText}`, notBefore };
}

/** An answer with its whole body: a connection that breaks while the body comes is one more reason to ask again. */
async function readToEnd(answer: Response): Promise<Response> {
  const { status, statusText, headers } = answer;
  return new Response(await answer.arrayBuffer(), { status, statusText, headers });
}

/** Waits, unless the signal ends it. @throws what the signal was aborted with */
export function pause(seconds: number, signal?: AbortSignal | null): Promise<void> {
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
