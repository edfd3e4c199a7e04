import createCalls, { type Client as Calls } from "openapi-fetch";
import { Unreachable } from "./clientErrors.js";
import { type EntityByKind, type QueryRequest, queryAllPages } from "./paging.js";
import { IDEMPOTENCY_KEY_HEADER, type RetryOptions, type SendRequest, withRetries } from "./retryRequests.js";
import type { paths } from "./schema.js";
import { type TokenSource, withBearerToken } from "./tokenSource.js";
import { type WatchEvent, type WatchOptions, watchEvents } from "./watchEvents.js";

/** Where the service is and how to talk to it. */
export interface ClientOptions {
  /** Where the service answers, without `/v1`. */
  url: string;
  /** A bearer token, or what gives one; undefined: none is sent. */
  token?: string | TokenSource | undefined;
  retry?: RetryOptions | undefined;
  /** Sends a request; the platform's `fetch` unless told. */
  fetch?: SendRequest | undefined;
}

/** Whatever the API's document describes, as `GET` and `POST` by path, and what is added to it by hand. */
export interface Client extends Calls<paths> {
  /** Where the service answers, without a slash at the end. */
  readonly url: string;
  /** Finds entities by a filter, oldest first, as many pages as are taken. With a projection, they have those fields only. */
  query<Kind extends keyof EntityByKind>(
    kind: Kind,
    search: QueryRequest & { projection: string[] },
    signal?: AbortSignal,
  ): AsyncGenerator<Partial<EntityByKind[Kind]>, void, undefined>;
  query<Kind extends keyof EntityByKind>(
    kind: Kind,
    search: QueryRequest,
    signal?: AbortSignal,
  ): AsyncGenerator<EntityByKind[Kind], void, undefined>;
  /** Events of a workflow as they happen, across broken connections and restarts of the service. */
  watch(workflowId: string, options?: WatchOptions): AsyncGenerator<WatchEvent, void, undefined>;
  /** The same of all workflows, for operators. */
  watchAll(options?: WatchOptions): AsyncGenerator<WatchEvent, void, undefined>;
}

/**
 * A client of a running service. Requests whose connection breaks, and those that the service puts off (503), are sent
 * again where that is safe; creations are, because they carry an `Idempotency-Key`.
 *
 * Calls raise `Unreachable` when nobody answers. They don't raise errors that the service answers with: `answerOf` does.
 *
 * @example
 * const client = createClient({ url: "http://127.0.0.1:8080" });
 * const { workflow } = await answerOf(client.POST("/v1/workflows", { body }));
 * for await (const { event, data } of client.watch(workflow.workflow_id)) console.log(event, data);
 */
export function createClient({ url, token, retry = {}, fetch: platform }: ClientOptions): Client {
  const base = url.replace(/\/+$/, "");
  const send = withBearerToken(platform ?? ((request) => fetch(request)), token);
  const calls = createCalls<paths>({
    baseUrl: base,
    fetch: withIdempotencyKey(requireJson(withRetries(send, retry))),
  });
  return Object.assign(calls, {
    url: base,
    query: <Kind extends keyof EntityByKind>(kind: Kind, search: QueryRequest, signal?: AbortSignal) =>
      queryAllPages(calls, kind, search, signal),
    watch: (workflowId: string, options?: WatchOptions) =>
      watchEvents(send, `${base}/v1/workflows/${encodeURIComponent(workflowId)}/events`, options, retry),
    watchAll: (options?: WatchOptions) => watchEvents(send, `${base}/v1/events`, options, retry),
  });
}

/** What makes something new each time, unless a key says that it is the same request again. */
const CREATION_ROUTES = /\/v1\/(workflows|task-directives\/[^/]+\/actions\/add-workers)$/;

const withIdempotencyKey =
  (send: SendRequest): SendRequest =>
  (request) => {
    if (request.method === "POST" && CREATION_ROUTES.test(new URL(request.url).pathname))
      if (!request.headers.has(IDEMPOTENCY_KEY_HEADER))
        request.headers.set(IDEMPOTENCY_KEY_HEADER, randomIdempotencyKey());
    return send(request);
  };

/** Not `randomUUID`: browsers have that in secure contexts only. */
const randomIdempotencyKey = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** A wrong address often answers, with a page. */
const requireJson =
  (send: SendRequest): SendRequest =>
  async (request) => {
    const answer = await send(request);
    if (answer.ok && !answer.headers.get("content-type")?.startsWith("application/json"))
      throw new Unreachable(new URL(request.url).origin, "what answers there is not the WMS");
    return answer;
  };
