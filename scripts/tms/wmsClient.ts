import { setTimeout as wait } from "node:timers/promises";
import type {
  TmsCompoundStatuses,
  TmsHandOut,
  TmsStatusesReport,
  TmsStatusResult,
  TmsSubmitReport,
  TmsTaskforce,
  TmsTopTaskErrors,
} from "./wmsTypes.js";

/** Retries of a request, as many as those of a real TMS. */
const MAX_RETRIES = 10;
/** Seconds before the first retry. The delay doubles up to {@link MAX_BACKOFF_SECONDS}. */
const INITIAL_BACKOFF_SECONDS = 0.1;
const MAX_BACKOFF_SECONDS = 5;

/** The WMS returned a 4xx or 5xx. */
export class WmsApiError extends Error {
  override name = "WmsApiError";
  readonly status: number;

  constructor(method: string, path: string, status: number, reason: string) {
    super(`${method} ${path}: ${status} ${reason}`);
    this.status = status;
  }
}

/** The WMS was unreachable at all attempts. */
export class WmsUnreachable extends Error {
  override name = "WmsUnreachable";
}

/** Options of the client. */
export interface WmsClientOptions {
  /** Address of the WMS, without `/v1`. */
  url: string;
  /** The access point. If it is set, polls lease only its taskforces. */
  schedd: string;
  /** A JWT with the role system-tms, for a WMS that verifies tokens. */
  token?: string | undefined;
  /** Replaces the global `fetch`. */
  fetch?: typeof fetch | undefined;
  /** Ends delays between retries. Active requests are completed. */
  signal?: AbortSignal | undefined;
  /** Called before each retry. @param seconds the delay before it */
  onRetry?: ((reason: string, attempt: number, seconds: number) => void) | undefined;
}

/** A taskforce whose cluster may still run, with the fields that a TMS needs after a restart. */
export type RunningTaskforce = Pick<
  TmsTaskforce,
  "taskforce_uuid" | "cluster_id" | "n_workers" | "phase" | "compound_statuses"
>;

/**
 * The routes of the WMS that a TMS calls, one method each.
 *
 * Every method throws {@link WmsApiError} for a 4xx or 5xx. It throws {@link WmsUnreachable} if the first attempt and all ten
 * retries fail with a broken connection or a 503.
 */
export class WmsClient {
  readonly #options: WmsClientOptions;

  constructor(options: WmsClientOptions) {
    this.#options = { ...options, url: options.url.replace(/\/+$/, "") };
  }

  /** Leases the next taskforce to submit. @returns undefined if none waits */
  leaseStarter(): Promise<TmsHandOut | undefined> {
    return this.#leaseNext("pending-starter");
  }

  /** Leases the next taskforce whose cluster must be removed. @returns undefined if none waits */
  leaseStopper(): Promise<TmsTaskforce | undefined> {
    return this.#leaseNext("pending-stopper");
  }

  async #leaseNext<T extends object>(queue: string): Promise<T | undefined> {
    const schedd = encodeURIComponent(this.#options.schedd);
    const answer = await this.#request<T>("GET", `/v1/tms/${queue}/taskforces?schedd=${schedd}`);
    return Object.keys(answer).length === 0 ? undefined : answer;
  }

  async reportSubmit(uuid: string, report: TmsSubmitReport): Promise<void> {
    await this.#request("POST", `/v1/tms/condor-submit/taskforces/${uuid}`, report);
  }

  async reportSubmitFailure(uuid: string, error: string): Promise<void> {
    await this.#request("POST", `/v1/tms/condor-submit/taskforces/${uuid}/failed`, { error });
  }

  async reportRemoval(uuid: string): Promise<void> {
    await this.#request("POST", `/v1/tms/condor-rm/taskforces/${uuid}`, {});
  }

  async reportRemovalFailure(uuid: string, error: string): Promise<void> {
    await this.#request("POST", `/v1/tms/condor-rm/taskforces/${uuid}/failed`, { error });
  }

  /** @param timestamp end of the cluster, in whole epoch seconds */
  async reportCompletion(uuid: string, timestamp: number): Promise<void> {
    await this.#request("POST", `/v1/tms/condor-complete/taskforces/${uuid}`, {
      condor_complete_ts: timestamp,
    });
  }

  /** Reports the statuses and errors of many taskforces in one request. Empty maps are omitted. */
  async reportStatuses(
    compoundStatuses: Record<string, TmsCompoundStatuses>,
    topTaskErrors: Record<string, TmsTopTaskErrors>,
  ): Promise<TmsStatusResult[]> {
    const body: TmsStatusesReport = {};
    if (Object.keys(compoundStatuses).length > 0) body.compound_statuses_by_taskforce = compoundStatuses;
    if (Object.keys(topTaskErrors).length > 0) body.top_task_errors_by_taskforce = topTaskErrors;
    const answer = await this.#request<{ results: TmsStatusResult[] }>("POST", "/v1/tms/statuses/taskforces", body);
    return answer.results;
  }

  /** Reads every taskforce of the schedd whose cluster was submitted and has not completed. */
  async queryRunningTaskforces(): Promise<RunningTaskforce[]> {
    const running: RunningTaskforce[] = [];
    let after: string | null = null;
    do {
      const page: { taskforces: RunningTaskforce[]; next_after: string | null } = await this.#request(
        "POST",
        "/v1/query/taskforces",
        {
          query: {
            schedd: this.#options.schedd,
            cluster_id: { $ne: null },
            phase: { $in: ["condor-submit", "pending-stopper", "condor-rm"] },
          },
          projection: ["taskforce_uuid", "cluster_id", "n_workers", "phase", "compound_statuses"],
          ...(after === null ? {} : { after }),
        },
      );
      running.push(...page.taskforces);
      after = page.next_after;
    } while (after !== null);
    return running;
  }

  async #request<T>(method: string, path: string, body?: object): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.#attempt<T>(method, path, body);
      if ("answer" in outcome) return outcome.answer;
      const { broken, retryAfter } = outcome;
      if (attempt > MAX_RETRIES || this.#options.signal?.aborted)
        throw new WmsUnreachable(`${method} ${this.#options.url}${path}: ${broken}`);
      const seconds = retryAfter ?? Math.min(INITIAL_BACKOFF_SECONDS * 2 ** (attempt - 1), MAX_BACKOFF_SECONDS);
      this.#options.onRetry?.(broken, attempt, seconds);
      // An aborted delay is not an error: the next iteration ends the loop.
      await wait(seconds * 1000, undefined, { signal: this.#options.signal }).catch(() => {});
    }
  }

  async #attempt<T>(
    method: string,
    path: string,
    body?: object,
  ): Promise<{ answer: T } | { broken: string; retryAfter?: number }> {
    const { url, token, fetch: send = fetch } = this.#options;
    let response: Response;
    let text: string;
    try {
      response = await send(url + path, {
        method,
        headers: {
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      text = await response.text();
    } catch (error) {
      return { broken: networkErrorText(error) };
    }
    if (response.ok) return { answer: JSON.parse(text) as T };
    const reason = response.statusText || text;
    if (response.status !== 503) throw new WmsApiError(method, path, response.status, reason);
    const retryAfter = Number(response.headers.get("retry-after"));
    return { broken: `503 ${reason}`, ...(retryAfter > 0 ? { retryAfter } : {}) };
  }
}

/** The message of `fetch` is only "fetch failed"; the reason is in its cause. */
function networkErrorText(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return String(cause);
  return cause.message || ("code" in cause ? String(cause.code) : cause.name);
}
