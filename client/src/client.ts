import createCalls, { type Client as Calls } from "openapi-fetch";
import { Unreachable } from "./clientErrors.js";
import { find, type Queried, type Search } from "./paging.js";
import { IDEMPOTENCY_KEY, type Patience, type Send, withRetries } from "./retryRequests.js";
import type { paths } from "./schema.js";
import { type TokenSource, withToken } from "./tokenSource.js";
import { type WatchEvent, type WatchOptions, watchEvents } from "./watchEvents.js";

/** Where the service is and how to talk to it. */
export interface ClientOptions {
  /** Where the service answers, without `/v1`. */
  url: string;
  /** A bearer token, or what gives one; undefined: none is sent. */
  token?: string | TokenSource | undefined;
  patience?: Patience | undefined;
  /** Sends a request; the platform's `fetch` unless told. */
  fetch?: Send | undefined;
}

/** Whatever the API's document describes, as `GET` and `POST` by path, and what is added to it by hand. */
export interface Client extends Calls<paths> {
  /** Where the service answers, without a slash at the end. */
  readonly url: string;
  /** Finds entities by a filter, oldest first, as many pages as are taken. With a projection, they have those fields only. */
  query<Kind extends keyof Queried>(
    kind: Kind,
    search: Search & { projection: string[] },
    signal?: AbortSignal,
  ): AsyncGenerator<Partial<Queried[Kind]>, void, undefined>;
  query<Kind extends keyof Queried>(
    kind: Kind,
    search: Search,
    signal?: AbortSignal,
  ): AsyncGenerator<Queried[Kind], void, undefined>;
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
export function createClient({ url, token, patience = {}, fetch: platform }: ClientOptions): Client {
  const base = url.replace(/\/+$/, "");
  const send = withToken(platform ?? ((request) => fetch(request)), token);
  const calls = createCalls<paths>({
    baseUrl: base,
    fetch: withKey(onlyJson(withRetries(send, patience))),
  });
  return Object.assign(calls, {
    url: base,
    query: <Kind extends keyof Queried>(kind: Kind, search: Search, signal?: AbortSignal) =>
      find(calls, kind, search, signal),
    watch: (workflowId: string, options?: WatchOptions) =>
      watchEvents(send, `${base}/v1/workflows/${encodeURIComponent(workflowId)}/events`, options, patience),
    watchAll: (options?: WatchOptions) => watchEvents(send, `${base}/v1/events`, options, patience),
  });
}

/** What makes something new each time, unless a key says that it is the same request again. */
const CREATES = /\/v1\/(workflows|task-directives\/[^/]+\/actions\/add-workers)$/;

const withKey =
  (send: Send): Send =>
  (request) => {
    if (request.method === "POST" && CREATES.test(new URL(request.url).pathname))
      if (!request.headers.has(IDEMPOTENCY_KEY)) request.headers.set(IDEMPOTENCY_KEY, randomKey());
    return send(request);
  };

/** Not `randomUUID`: browsers have that in secure contexts only. */
const randomKey = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** A wrong address often answers, with a page. */
const onlyJson =
  (send: Send): Send =>
  async (request) => {
    const answer = await send(request);
    if (answer.ok && !answer.headers.get("content-type")?.startsWith("application/json"))
      throw new Unreachable(new URL(request.url).origin, "what answers there is not the WMS");
    return answer;
  };
