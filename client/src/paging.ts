import type { Client as Calls } from "openapi-fetch";
import { answerOf } from "./unwrapResponse.js";
import type { TaskDirective, Taskforce, Workflow } from "./entityTypes.js";
import type { paths } from "./schema.js";

/** What can be searched for. */
export interface Queried {
  workflows: Workflow;
  "task-directives": TaskDirective;
  taskforces: Taskforce;
}

/** A search: `query` is a MongoDB filter. */
export interface Search {
  query: Record<string, unknown>;
  /** Fields to return; dots reach into objects. Undefined: all. */
  projection?: string[] | undefined;
}

/**
 * Finds entities, oldest first, page by page as they are taken. One that is there throughout comes exactly once.
 *
 * @throws Refusal 400 for a filter that the service does not know
 */
export async function* find<Kind extends keyof Queried>(
  calls: Pick<Calls<paths>, "POST">,
  kind: Kind,
  { query, projection }: Search,
  signal?: AbortSignal,
): AsyncGenerator<Queried[Kind], void, undefined> {
  const wanted = { query, ...(projection && { projection }) };
  let after: string | null = null;
  do {
    const body = { ...wanted, ...(after !== null && { after }) };
    const page: Record<string, unknown> & { next_after: string | null } = await answerOf(
      calls.POST(`/v1/query/${kind as keyof Queried}`, { body, ...(signal && { signal }) }),
    );
    yield* page[kind.replace("-", "_")] as Queried[Kind][];
    after = page.next_after;
  } while (after !== null);
}
