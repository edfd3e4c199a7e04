import { isDeepStrictEqual } from "node:util";
import { inOrder } from "../domain/inOrder.js";
import { toExported } from "../store/exportedWorkflow.js";
import type { Store } from "../store/store.js";
import { readWholeWorkflow } from "../store/wholeWorkflows.js";
import { AT_ONCE, type ImportSource, limitsOf, type SourceWorkflow } from "./importWorkflows.js";

/** What a comparison covered. */
export interface ComparedCounts {
  workflows: number;
  taskforces: number;
  /** Workflows of the source that could not be read. */
  rejected: number;
}

/**
 * Compares each workflow of a source with the stored one, field by field, as the API shows it.
 *
 * @param counts are added up during the comparison
 * @returns sentences that name what differs
 */
export async function* compareSource(
  store: Store,
  source: ImportSource,
  counts: ComparedCounts,
): AsyncGenerator<string> {
  const compared = inOrder(source, limitsOf(AT_ONCE), async (item) => {
    if ("reject" in item) {
      counts.rejected++;
      return [`${item.reject.workflow_id ?? item.reject.place} cannot be read: ${item.reject.reason}`];
    }
    counts.workflows++;
    counts.taskforces += item.workflow.taskforces.length;
    return compareWorkflow(store, item);
  });
  for await (const differences of compared) yield* differences;
}

async function compareWorkflow(store: Store, { workflow: source }: SourceWorkflow): Promise<string[]> {
  const id = source.workflow.workflow_id;
  const found = await readWholeWorkflow(store, id);
  if (found === undefined) return [`${id} is missing`];
  const stored = await toExported(found);
  const { history } = source.extensions;
  return [
    ...differencesOf(id, source.workflow, stored.workflow),
    ...(history === undefined ? [] : differencesOf(id, { history }, { history: stored.extensions.history })),
    ...compareLists(source.task_directives, stored.task_directives, "task_id"),
    ...compareLists(source.taskforces, stored.taskforces, "taskforce_uuid"),
  ];
}

function compareLists<K extends string>(
  source: readonly (object & Record<K, string>)[],
  stored: readonly (object & Record<K, string>)[],
  idField: K,
): string[] {
  const storedById = new Map(stored.map((each) => [each[idField], each]));
  const differences = source.flatMap((each) => {
    const id = each[idField];
    const found = storedById.get(id);
    storedById.delete(id);
    return found === undefined ? [`${id} is missing`] : differencesOf(id, each, found);
  });
  return [...differences, ...[...storedById.keys()].map((id) => `${id} is not in the source`)];
}

/** One sentence for each field that differs. */
function differencesOf(id: string, source: object, stored: object): string[] {
  const [wanted, found] = [source, stored] as Record<string, unknown>[];
  return [...new Set([...Object.keys(source), ...Object.keys(stored)])].flatMap((field) =>
    isDeepStrictEqual(wanted?.[field], found?.[field])
      ? []
      : [`${id} has ${field} ${shorten(found?.[field])} instead of ${shorten(wanted?.[field])}`],
  );
}

/** Characters of a value in a sentence. */
const MAX_SHOWN_CHARS = 80;

function shorten(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > MAX_SHOWN_CHARS ? `${text.slice(0, MAX_SHOWN_CHARS)}…` : text;
}
