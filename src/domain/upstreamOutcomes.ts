import { epochMs } from "./clock.js";
import { hideSecrets } from "./hideSecrets.js";
import { truncateText } from "./truncateText.js";

/** The longest error message that is kept. */
const MAX_MESSAGE_CHARS = 300;
/** Longer causes are cut before secrets are searched in them. */
const MAX_SEARCHED_CHARS = 4000;

/** What a process knows of a service that it calls. Times are epoch seconds; null: unknown. */
export interface UpstreamState {
  /** The last answer, also one that refuses a request. */
  last_success: number | null;
  /** The first failure after the last answer; null unless the last call failed. */
  failing_since: number | null;
  last_error: { at: number; message: string } | null;
  /** Milliseconds that the last answer took. */
  latency_ms: number | null;
}

/** The outcomes of the calls of one upstream service. Clients record into it, heartbeats report it. */
export class UpstreamOutcomes {
  #state: UpstreamState = { last_success: null, failing_since: null, last_error: null, latency_ms: null };

  /** Records an answer. @param latencyMs duration of the call */
  recordSuccess(latencyMs: number): void {
    this.#state = { ...this.#state, last_success: epochMs() / 1000, failing_since: null, latency_ms: latencyMs };
  }

  /** Records a call without a usable answer. @param error its message and its cause's are kept, without secrets */
  recordFailure(error: unknown): void {
    const at = epochMs() / 1000;
    const last_error = { at, message: describeFailure(error) };
    this.#state = { ...this.#state, failing_since: this.#state.failing_since ?? at, last_error };
  }

  /** The outcomes so far. */
  get state(): UpstreamState {
    return this.#state;
  }
}

/** `fetch` gives the reason in the cause of its error: `fetch failed: connect ECONNREFUSED 127.0.0.1:8081`. */
function describeFailure(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : "";
  const whole = cause === "" || message.includes(cause) ? message : `${message}: ${cause}`;
  const line = whole.slice(0, MAX_SEARCHED_CHARS).replace(/[\p{Cc}\p{Cs}\s]+/gu, " ");
  return truncateText(hideSecrets(line), MAX_MESSAGE_CHARS);
}
