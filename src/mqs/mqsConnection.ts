import type { Logger } from "pino";
import type { z } from "zod";
import { unavailable, WmsError } from "../domain/wmsError.js";
import { type Credentials, createTokenSource, type TokenSource } from "./clientCredentials.js";
import { type HttpResponse, httpWithRetry, parseJsonOrUndefined } from "./httpWithRetry.js";
import { mqsErrorReason } from "./mqsErrorReason.js";

/** One request to the MQS. All of them are idempotent. */
export interface MqsRequest {
  /** What is asked, as an error continues "the MQS refused to …". */
  purpose: string;
  method: "GET" | "POST";
  /** Below `/v1/mqs`; segments are encoded when the request is sent. */
  path: readonly string[];
  body?: unknown;
}

/** Where the MQS is and who asks it. */
export interface MqsConnectionOptions {
  /** `http(s)://…`, with or without a path before `/v1`. */
  address: string;
  /** Undefined: requests carry no token. */
  credentials?: Credentials | undefined;
  /** Milliseconds for a whole call: token, request, retries and the reading of the answer. */
  timeoutMs: number;
  log: Logger;
}

/**
 * Sends requests to the MQS, with a token where one is needed, and sorts what can go wrong into the two kinds that
 * matter to callers: the MQS said no, or it may say yes later. Messages are for users; what an operator needs is logged.
 */
export class MqsConnection {
  readonly #options: MqsConnectionOptions;
  readonly #tokens: TokenSource | undefined;

  constructor(options: MqsConnectionOptions) {
    this.#options = options;
    const { credentials, timeoutMs, log } = options;
    this.#tokens = credentials && createTokenSource({ credentials, timeoutMs, log });
  }

  /**
   * @returns the answer, of the promised shape
   * @throws WmsError `upstream-refused` after a 4xx, with the MQS's reason; `unavailable` after anything else that is not
   *   the promised answer
   */
  async request<T>(request: MqsRequest, shape: z.ZodType<T>): Promise<T> {
    const { status, text, token } = await this.#sendWithTimeout(request);
    const body = parseJsonOrUndefined(text);
    const reason = mqsErrorReason(body, [token, this.#options.credentials?.clientSecret]);
    if (status >= 400 && status < 500) throw this.#refusedError(request, status, reason);
    if (status < 200 || status >= 300) {
      this.#options.log.warn({ ...toLogFields(request), status, reason }, "the MQS failed");
      throw unavailable(`the MQS failed to ${request.purpose} (HTTP ${status})`);
    }
    const parsed = shape.safeParse(body);
    if (!parsed.success) throw this.unexpectedResponse(request, parsed.error.issues[0]?.message ?? "not JSON");
    return parsed.data;
  }

  /**
   * For an answer that is none: more likely a proxy's page, or an MQS in the middle of an upgrade, than a decision of
   * the MQS, so it is worth another try.
   *
   * @param fault what is wrong with it, for the log
   */
  unexpectedResponse(request: MqsRequest, fault: string): WmsError {
    this.#options.log.error({ ...toLogFields(request), fault }, "the MQS gave an unexpected answer");
    return unavailable(`the MQS was asked to ${request.purpose} and gave an unexpected answer`);
  }

  async #sendWithTimeout(request: MqsRequest): Promise<HttpResponse & { token?: string }> {
    const { timeoutMs, log } = this.#options;
    const deadline = AbortSignal.timeout(timeoutMs);
    try {
      return await this.#sendWithToken(request, deadline);
    } catch (error) {
      if (error instanceof WmsError) throw error;
      log.warn({ ...toLogFields(request), err: error }, "no answer from the MQS");
      if (deadline.aborted) throw unavailable(`the MQS did not answer within ${timeoutMs / 1000} s`, error);
      throw unavailable("the MQS cannot be reached", error);
    }
  }

  /** @returns the answer, and the token that it is an answer to */
  async #sendWithToken(request: MqsRequest, deadline: AbortSignal): Promise<HttpResponse & { token?: string }> {
    if (this.#tokens === undefined) return this.#send(request, deadline);
    const token = await this.#tokens.getToken(deadline);
    const response = await this.#send(request, deadline, token);
    if (response.status !== 401) return { ...response, token };
    // Tokens end before their time when the issuer changes its keys.
    this.#tokens.invalidate(token);
    const fresh = await this.#tokens.getToken(deadline);
    return { ...(await this.#send(request, deadline, fresh)), token: fresh };
  }

  #send({ method, path, body }: MqsRequest, deadline: AbortSignal, token?: string): Promise<HttpResponse> {
    const base = this.#options.address.replace(/\/+$/, "");
    const url = `${base}/v1/mqs/${path.map(encodeURIComponent).join("/")}`;
    const headers: Record<string, string> = { accept: "application/json" };
    if (token !== undefined) headers["authorization"] = `Bearer ${token}`;
    if (body === undefined) return httpWithRetry(url, { method, headers }, deadline);
    headers["content-type"] = "application/json";
    return httpWithRetry(url, { method, headers, body: JSON.stringify(body) }, deadline);
  }

  #refusedError(request: MqsRequest, status: number, reason: string | undefined): WmsError {
    this.#options.log.warn({ ...toLogFields(request), status, reason }, "the MQS refused a request");
    // What the MQS thinks of the service's token is the operator's business, not the user's.
    const shown = status === 401 || status === 403 ? "the service is not authorized" : reason;
    return new WmsError("upstream-refused", `the MQS refused to ${request.purpose}: ${shown ?? `HTTP ${status}`}`);
  }
}

const toLogFields = ({ method, path }: MqsRequest) => ({ mqs: `${method} /${path.join("/")}` });
