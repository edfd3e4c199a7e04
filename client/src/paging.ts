import type { ApiCalls } from "./apiCalls.js";
import type { TaskDirective, Taskforce, Workflow } from "./apiTypes.js";
import { unwrapResponse } from "./unwrapResponse.js";

/** The kinds of entities that a query can find. */
export interface EntityByKind {
  workflows: Workflow;
  "task-directives": TaskDirective;
  taskforces: Taskforce;
}

/** A query: `query` is a MongoDB filter. */
export interface QueryRequest {
  query: Record<string, unknown>;
  /** Fields to return; dots reach into objects. Undefined: all. */
  projection?: string[] | undefined;
}

/** One page of the entities that a query found. */
export interface ResultPage<T> {
  items: T[];
  /** The cursor of the next page; null on the last one. */
  nextCursor: string | null;
}

/** Finds one page of entities, oldest first. @param after `nextCursor` of the page before; null: the first page */
export async function queryPage<Kind extends keyof EntityByKind>(
  calls: Pick<ApiCalls, "POST">,
  kind: Kind,
  { query, projection }: QueryRequest,
  after: string | null,
  signal?: AbortSignal,
): Promise<ResultPage<EntityByKind[Kind]>> {
  const body = { query, ...(projection && { projection }), ...(after !== null && { after }) };
  const page: Record<string, unknown> & { next_after: string | null } = await unwrapResponse(
    calls.POST(`/v1/query/${kind as keyof EntityByKind}`, { body, ...(signal && { signal }) }),
  );
  return { items: page[kind.replace("-", "_")] as EntityByKind[Kind][], nextCursor: page.next_after };
}

/**
 * Finds entities, oldest first, and reads pages on demand. Returns each entity that exists throughout the query exactly once.
 *
 * @throws ApiError 400 for an unknown filter
 */
export async function* queryAllPages<Kind extends keyof EntityByKind>(
  calls: Pick<ApiCalls, "POST">,
  kind: Kind,
  request: QueryRequest,
  signal?: AbortSignal,
): AsyncGenerator<EntityByKind[Kind], void, undefined> {
  let after: string | null = null;
  do {
    const page: ResultPage<EntityByKind[Kind]> = await queryPage(calls, kind, request, after, signal);
    yield* page.items;
    after = page.nextCursor;
  } while (after !== null);
}
