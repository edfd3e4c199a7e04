import type { ApiCalls } from "./apiCalls.js";
import type { TaskDirective, Taskforce, Workflow } from "./apiTypes.js";
import { parseQueryPlan, QUERY_PLAN_HEADER, type QueryPlan } from "./queryPlan.js";
import { unwrapResponse } from "./unwrapResponse.js";

/** The kinds of entities that a query can find. */
export interface EntityByKind {
  workflows: Workflow;
  "task-directives": TaskDirective;
  taskforces: Taskforce;
}

/** Which entities a query returns first, by creation time. */
export type QueryOrder = "oldest" | "newest";

/** A query: `query` is a MongoDB filter. */
export interface QueryRequest {
  query: Record<string, unknown>;
  /** Fields to return; dots reach into objects. Undefined: all. */
  projection?: string[] | undefined;
  /** Default: `oldest`. */
  order?: QueryOrder | undefined;
}

/** One page of the entities that a query found. */
export interface ResultPage<T> {
  /** May be empty before the last page: the query looked at many entities, and none matched. */
  items: T[];
  /** The cursor of the next page; null on the last one. */
  nextCursor: string | null;
  /** How the service found the page; undefined if it does not report that. */
  plan: QueryPlan | undefined;
}

/** Finds one page of entities. @param after `nextCursor` of the page before; null: the first page */
export async function queryPage<Kind extends keyof EntityByKind>(
  calls: Pick<ApiCalls, "POST">,
  kind: Kind,
  { query, projection, order }: QueryRequest,
  after: string | null,
  signal?: AbortSignal,
): Promise<ResultPage<EntityByKind[Kind]>> {
  const body = { query, ...(projection && { projection }), ...(after !== null && { after }) };
  const params = { query: { ...(order && { order }) } };
  const call = calls.POST(`/v1/query/${kind as keyof EntityByKind}`, { params, body, ...(signal && { signal }) });
  const page: Record<string, unknown> & { next_after: string | null } = await unwrapResponse(call);
  const { response } = await call;
  return {
    items: page[kind.replace("-", "_")] as EntityByKind[Kind][],
    nextCursor: page.next_after,
    plan: parseQueryPlan(response.headers.get(QUERY_PLAN_HEADER)),
  };
}

/**
 * Finds entities and reads pages on demand, to the last one: a page in between may be empty. Together they have each
 * entity that exists throughout the query exactly once.
 *
 * @param after `nextCursor` of the page before the first one; null: from the start
 * @throws ApiError 400 for an unknown filter; the abort reason of the signal
 */
export async function* queryPages<Kind extends keyof EntityByKind>(
  calls: Pick<ApiCalls, "POST">,
  kind: Kind,
  request: QueryRequest,
  signal?: AbortSignal,
  after: string | null = null,
): AsyncGenerator<ResultPage<EntityByKind[Kind]>, void, undefined> {
  let cursor = after;
  do {
    signal?.throwIfAborted();
    const page: ResultPage<EntityByKind[Kind]> = await queryPage(calls, kind, request, cursor, signal);
    yield page;
    cursor = page.nextCursor;
  } while (cursor !== null);
}

/** Finds entities like {@link queryPages}, one by one. */
export async function* queryAllPages<Kind extends keyof EntityByKind>(
  calls: Pick<ApiCalls, "POST">,
  kind: Kind,
  request: QueryRequest,
  signal?: AbortSignal,
): AsyncGenerator<EntityByKind[Kind], void, undefined> {
  for await (const { items } of queryPages(calls, kind, request, signal)) yield* items;
}
