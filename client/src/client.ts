import { type ApiCalls, createApiCalls } from "./apiCalls.js";
import { type EntityByKind, type QueryRequest, queryAllPages, queryPages, type ResultPage } from "./paging.js";
import type { RetryOptions, SendRequest } from "./retryRequests.js";
import { type TokenSource, withBearerToken } from "./tokenSource.js";
import { type WatchEvent, type WatchOptions, watchEvents } from "./watchEvents.js";

/** The address of the service and how to call it. */
export interface ClientOptions {
  /** Base URL of the service, with or without `/v1`. */
  url: string;
  /** A bearer token, or a function that returns one; undefined: requests carry none. */
  token?: string | TokenSource | undefined;
  retry?: RetryOptions | undefined;
  /** Sends a request; default: the platform's `fetch`. */
  fetch?: SendRequest | undefined;
}

/** All routes of the API's document as `GET` and `POST` calls, with paging and event streams. */
export interface Client extends ApiCalls {
  /** Base URL of the service, without a slash at the end. */
  readonly url: string;
  /**
   * Finds entities by a filter, oldest first unless `order` is `newest`, and reads pages on demand. A projection selects
   * their fields. An abort of the signal ends the request, and with it the work of the service.
   */
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
  /** The same, page by page, each with its plan: which indexes the service read, and why the page ends. */
  queryPages<Kind extends keyof EntityByKind>(
    kind: Kind,
    search: QueryRequest & { projection: string[] },
    signal?: AbortSignal,
  ): AsyncGenerator<ResultPage<Partial<EntityByKind[Kind]>>, void, undefined>;
  queryPages<Kind extends keyof EntityByKind>(
    kind: Kind,
    search: QueryRequest,
    signal?: AbortSignal,
  ): AsyncGenerator<ResultPage<EntityByKind[Kind]>, void, undefined>;
  /** Streams the events of a workflow, across broken connections and restarts of the service. */
  watch(workflowId: string, options?: WatchOptions): AsyncGenerator<WatchEvent, void, undefined>;
  /** Streams the events of all workflows, for operators. */
  watchAll(options?: WatchOptions): AsyncGenerator<WatchEvent, void, undefined>;
}

/**
 * Creates a client of a running service. It retries requests after a broken connection or a 503 where a repetition is
 * safe. Creations and deactivations are safe because they carry an `Idempotency-Key`.
 *
 * Calls throw `Unreachable` without a response. `unwrapResponse` throws `ApiError` for an error response.
 *
 * @example
 * const client = createClient({ url: "http://127.0.0.1:8080" });
 * const { workflow } = await unwrapResponse(client.POST("/v1/workflows", { body }));
 * for await (const { event, data } of client.watch(workflow.workflow_id)) console.log(event, data);
 */
export function createClient({ url, token, retry = {}, fetch: platformFetch }: ClientOptions): Client {
  const base = url.replace(/\/+$/, "").replace(/\/v1$/, "");
  const send = withBearerToken(platformFetch ?? ((request, init) => fetch(request, init)), token);
  const calls = createApiCalls(base, send, retry);
  return Object.assign(calls, {
    url: base,
    query: <Kind extends keyof EntityByKind>(kind: Kind, search: QueryRequest, signal?: AbortSignal) =>
      queryAllPages(calls, kind, search, signal),
    queryPages: <Kind extends keyof EntityByKind>(kind: Kind, search: QueryRequest, signal?: AbortSignal) =>
      queryPages(calls, kind, search, signal),
    watch: (workflowId: string, options?: WatchOptions) =>
      watchEvents(send, `${base}/v1/workflows/${encodeURIComponent(workflowId)}/events`, options, retry),
    watchAll: (options?: WatchOptions) => watchEvents(send, `${base}/v1/events`, options, retry),
  });
}
