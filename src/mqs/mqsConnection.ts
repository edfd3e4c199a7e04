import type { Logger } from "pino";
import type { z } from "zod";
import { epochMs } from "../domain/clock.js";
import type { UpstreamOutcomes } from "../domain/upstreamOutcomes.js";
import { UpstreamBusyError, unavailable, WmsError } from "../domain/wmsError.js";
import { type Credentials, createTokenSource, type TokenSource } from "./clientCredentials.js";
import { type HttpResponse, httpWithRetry } from "./httpWithRetry.js";
import { mqsErrorReason } from "./mqsErrorReason.js";

/** Statuses that say nothing of the request: a later attempt may succeed. */
const TRANSIENT_STATUSES: ReadonlySet<number> = new Set([408, 425, 429]);

/** Default of {@link MqsConnectionOptions.probeIntervalMs}. */
const PROBE_INTERVAL_MS = 60_000;

/** A request to the MQS. Every request is idempotent. */
export interface MqsRequest {
  /** The purpose, which continues an error such as "the MQS refused to …". */
  purpose: string;
  /** Unencoded segments of the path below `/v1/mqs`. */
  path: readonly string[];
  /** The body of a POST; undefined: a GET. */
  body?: unknown;
}

/** The options of {@link MqsConnection}. */
export interface MqsConnectionOptions {
  /** `http(s)://…`, with or without a path before `/v1`. */
  address: string;
  /** Undefined for an MQS that needs no token. */
  credentials?: Credentials | undefined;
  /** Milliseconds for a whole call: token, request, retries and the reading of the response; 10 s by default. */
  timeoutMs?: number;
  /** Records whether the MQS answers; undefined: the outcomes are not kept. */
  outcomes?: UpstreamOutcomes | undefined;
  /** Milliseconds between two probes of an MQS that fails; one minute by default. */
  probeIntervalMs?: number;
  log: Logger;
}

/**
 * Sends requests to the MQS, with a token where it needs one. Callers get two kinds of errors: the MQS refused the
 * request, or a retry may succeed. Messages are for users; details for the operator go to the log.
 */
export class MqsConnection {
  readonly #options: MqsConnectionOptions & { timeoutMs: number };
  readonly #tokens: TokenSource | undefined;
  #probeTimer: NodeJS.Timeout | undefined;

  constructor(options: MqsConnectionOptions) {
    const { credentials, timeoutMs = 10_000, log } = options;
    this.#options = { ...options, timeoutMs };
    this.#tokens = credentials && createTokenSource(credentials, timeoutMs, log);
  }

  /** Requests a token ahead of the first request, so that wrong settings are logged and reported at the start. */
  async warmUp(): Promise<void> {
    const { timeoutMs } = this.#options;
    await this.#tokens?.getToken(AbortSignal.timeout(timeoutMs)).catch((error: unknown) => this.#recordFailure(error));
  }

  /**
   * @returns the body of the response, in the given shape
   * @throws WmsError `upstream-refused` after a 4xx of the MQS itself, with its reason; `unavailable` after any other
   *   failure; UpstreamBusyError when it says how long to wait
   */
  async request<T>(request: MqsRequest, shape: z.ZodType<T>): Promise<T> {
    const startedAtMs = performance.now();
    const { outcomes } = this.#options;
    const { status, text, token, retryAfter } = await this.#sendWithTimeout(request);
    const body = parseJsonOrUndefined(text);
    const reason = mqsErrorReason(body, [token, this.#options.credentials?.clientSecret]);
    if (isRefusal(status, body)) {
      // Without authorization, every request fails until an operator corrects the credentials.
      if (isUnauthorized(status)) this.#recordFailure(describeStatus(status, reason));
      else outcomes?.recordSuccess(performance.now() - startedAtMs);
      throw this.#refusedError(request, status, reason);
    }
    if (status < 200 || status >= 300) {
      this.#recordFailure(describeStatus(status, reason));
      this.#options.log.warn({ ...toLogFields(request), status, reason }, "the MQS failed");
      const message = `the MQS failed to ${request.purpose} (HTTP ${status})`;
      const waitSeconds = parseRetryAfter(retryAfter);
      throw waitSeconds === undefined ? unavailable(message) : new UpstreamBusyError(message, waitSeconds);
    }
    const parsed = shape.safeParse(body);
    if (!parsed.success) throw this.#unexpectedResponse(request, describeIssue(parsed.error.issues[0]));
    outcomes?.recordSuccess(performance.now() - startedAtMs);
    return parsed.data;
  }

  /** Records a failure, and asks again later: without a request, the outcomes would not show the end of an outage. */
  #recordFailure(error: unknown): void {
    const { outcomes, probeIntervalMs = PROBE_INTERVAL_MS } = this.#options;
    if (outcomes === undefined) return;
    outcomes.recordFailure(error);
    this.#probeTimer ??= setTimeout(() => {
      this.#probeTimer = undefined;
      if (outcomes.state.failing_since !== null) void this.#probe(outcomes);
    }, probeIntervalMs).unref();
  }

  /** Asks for a queue that does not exist: any answer but a failure shows that the MQS works. */
  async #probe(outcomes: UpstreamOutcomes): Promise<void> {
    const startedAtMs = performance.now();
    const request = { purpose: "answer a probe", path: ["mq-profiles", "probe"] };
    const response = await this.#sendWithTimeout(request).catch(() => undefined);
    if (response === undefined) return;
    const { status, text } = response;
    const body = parseJsonOrUndefined(text);
    const isAnswer = isRefusal(status, body) ? !isUnauthorized(status) : status < 300 && isJsonObject(body);
    if (isAnswer) outcomes.recordSuccess(performance.now() - startedAtMs);
    else this.#recordFailure(describeStatus(status, undefined));
  }

  /**
   * Logs a response of another shape, and creates its error. It allows a retry: the likely cause is a proxy's page, or
   * an MQS during an upgrade.
   *
   * @param fault what is wrong with the response, for the log
   */
  #unexpectedResponse(request: MqsRequest, fault: string): WmsError {
    this.#recordFailure(`unexpected answer: ${fault}`);
    this.#options.log.error({ ...toLogFields(request), fault }, "the MQS gave an unexpected answer");
    return unavailable(`the MQS was asked to ${request.purpose} and gave an unexpected answer`);
  }

  async #sendWithTimeout(request: MqsRequest): Promise<HttpResponse & { token?: string }> {
    const { timeoutMs, log } = this.#options;
    const deadline = AbortSignal.timeout(timeoutMs);
    try {
      return await this.#sendWithToken(request, deadline);
    } catch (error) {
      this.#recordFailure(error);
      if (error instanceof WmsError) throw error;
      log.warn({ ...toLogFields(request), err: error }, "the MQS did not answer");
      if (deadline.aborted) throw unavailable(`the MQS did not answer within ${timeoutMs / 1000} s`, error);
      throw unavailable("the MQS cannot be reached", error);
    }
  }

  /** @returns the response, and the token of its request */
  async #sendWithToken(request: MqsRequest, deadline: AbortSignal): Promise<HttpResponse & { token?: string }> {
    if (this.#tokens === undefined) return this.#send(request, deadline);
    const token = await this.#tokens.getToken(deadline);
    const response = await this.#send(request, deadline, token);
    if (response.status !== 401) return { ...response, token };
    // Tokens become invalid before they expire when the issuer changes its keys.
    this.#tokens.invalidate(token);
    const fresh = await this.#tokens.getToken(deadline);
    return { ...(await this.#send(request, deadline, fresh)), token: fresh };
  }

  #send({ path, body }: MqsRequest, deadline: AbortSignal, token?: string): Promise<HttpResponse> {
    const base = this.#options.address.replace(/\/+$/, "");
    const url = `${base}/v1/mqs/${path.map(encodeURIComponent).join("/")}`;
    const headers: Record<string, string> = { accept: "application/json" };
    if (token !== undefined) headers["authorization"] = `Bearer ${token}`;
    if (body === undefined) return httpWithRetry(url, { headers }, deadline);
    headers["content-type"] = "application/json";
    return httpWithRetry(url, { method: "POST", headers, body: JSON.stringify(body) }, deadline);
  }

  #refusedError(request: MqsRequest, status: number, reason: string | undefined): WmsError {
    this.#options.log.warn({ ...toLogFields(request), status, reason }, "the MQS refused a request");
    // The reason concerns the service's own credentials, which users must not see.
    const shown = isUnauthorized(status) ? "the service is not authorized" : reason;
    return new WmsError("upstream-refused", `the MQS refused to ${request.purpose}: ${shown ?? `HTTP ${status}`}`);
  }
}

/** The fault of a response, with its field: `mqprofiles.0.alias: …`. */
const describeIssue = (issue: z.core.$ZodIssue | undefined): string =>
  issue === undefined
    ? "not JSON"
    : [...(issue.path.length === 0 ? [] : [issue.path.join(".")]), issue.message].join(": ");

/** Whether the MQS itself refused a request. A page instead of JSON is that of a proxy in between. */
const isRefusal = (status: number, body: unknown): boolean =>
  status >= 400 && status < 500 && !TRANSIENT_STATUSES.has(status) && isJsonObject(body);

const isUnauthorized = (status: number): boolean => status === 401 || status === 403;

const describeStatus = (status: number, reason: string | undefined): string =>
  reason === undefined ? `HTTP ${status}` : `HTTP ${status}: ${reason}`;

const toLogFields = ({ path, body }: MqsRequest) => ({
  mqs: `${body === undefined ? "GET" : "POST"} /${path.join("/")}`,
});

const isJsonObject = (body: unknown): boolean => typeof body === "object" && body !== null;

/** A longer wait is cut: nothing else would show that the service has stopped to ask. */
const MAX_RETRY_AFTER_SECONDS = 3600;

/** The seconds of a `Retry-After`, which may hold a date; undefined when it holds neither. */
function parseRetryAfter(value: string | null): number | undefined {
  if (value === null) return undefined;
  const seconds = /^\d+$/.test(value.trim()) ? Number(value) : (Date.parse(value) - epochMs()) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.min(Math.max(seconds, 0), MAX_RETRY_AFTER_SECONDS);
}

/** Parses JSON; undefined when the text is not JSON. */
function parseJsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
