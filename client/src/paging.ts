import type { Client as Calls } from "openapi-fetch";
import type { TaskDirective, Taskforce, Workflow } from "./entityTypes.js";
import type { paths } from "./schema.js";
import { unwrapResponse } from "./unwrapResponse.js";

/** What can be searched for. */
export interface EntityByKind {
  workflows: Workflow;
  "task-directives": TaskDirective;
  taskforces: Taskforce;
}

/** A search: `query` is a MongoDB filter. */
export interface QueryRequest {
  query: Record<string, unknown>;
  /** Fields to return; dots reach into objects. Undefined: all. */
  projection?: string[] | undefined;
}

/**
 * Finds entities, oldest first, page by page as they are taken. One that is there throughout comes exactly once.
 *
 * @throws Refusal 400 for a filter that the service does not know
 */
export async function* queryAllPages<Kind extends keyof EntityByKind>(
  calls: Pick<Calls<paths>, "POST">,
  kind: Kind,
  { query, projection }: QueryRequest,
  signal?: AbortSignal,
): AsyncGenerator<EntityByKind[Kind], void, undefined> {
  const request = { query, ...(projection && { projection }) };
  let after: string | null = null;
  do {
    const body = { ...request, ...(after !== null && { after }) };
    const page: Record<string, unknown> & { next_after: string | null } = await unwrapResponse(
      calls.POST(`/v1/query/${kind as keyof EntityByKind}`, { body, ...(signal && { signal }) }),
    );
    yield* page[kind.replace("-", "_")] as EntityByKind[Kind][];
    after = page.next_after;
  } while (after !== null);
}
