import createFetchClient, { type Client as FetchClient } from "openapi-fetch";
import { Unreachable } from "./clientErrors.js";
import { IDEMPOTENCY_KEY_HEADER, type RetryOptions, type SendRequest, withRetries } from "./retryRequests.js";
import type { paths } from "./schema.js";

/** The routes of the API as typed `GET` and `POST` calls. */
export type ApiCalls = FetchClient<paths>;

/**
 * Creates the calls of the API, with retries and idempotency keys.
 *
 * @param baseUrl of the service, without a slash at the end; empty in a browser: that of the document
 */
export const createApiCalls = (baseUrl: string, send: SendRequest, retry?: RetryOptions): ApiCalls =>
  createFetchClient<paths>({
    baseUrl,
    headers: { accept: "application/json" },
    fetch: withIdempotencyKey(requireJson(withRetries(send, retry))),
  });

/** Each call of these routes has an effect, unless it repeats the key of an earlier one. */
const KEYED_ROUTES =
  /\/v1\/(workflows(\/[^/]+\/actions\/(abort|finished))?|task-directives\/[^/]+\/actions\/add-workers)$/;

const withIdempotencyKey =
  (send: SendRequest): SendRequest =>
  (request) => {
    const isKeyed = request.method === "POST" && KEYED_ROUTES.test(new URL(request.url).pathname);
    if (isKeyed && !request.headers.has(IDEMPOTENCY_KEY_HEADER))
      request.headers.set(IDEMPOTENCY_KEY_HEADER, randomIdempotencyKey());
    return send(request);
  };

/** A new idempotency key. Browsers offer `randomUUID` over HTTPS only. */
export const randomIdempotencyKey = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** Rejects the HTML page with status 200 that another server returns at a wrong address. */
const requireJson =
  (send: SendRequest): SendRequest =>
  async (request) => {
    const response = await send(request);
    if (response.ok && !response.headers.get("content-type")?.startsWith("application/json"))
      throw new Unreachable(new URL(request.url).origin, "the server there is not the WMS");
    return response;
  };
