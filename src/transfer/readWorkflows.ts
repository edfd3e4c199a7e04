import type { WorkflowId } from "../domain/ids.js";
import { inOrder } from "../domain/inOrder.js";
import type { Store } from "../store/store.js";
import { readWholeWorkflow, type StoredWorkflow } from "../store/wholeWorkflows.js";

/** Workflows that are read at the same time, and their taskforces: all are in memory. */
const READS_AT_ONCE = 8;
const TASKFORCES_AT_ONCE = 2000;
/** Workflows whose taskforces are counted at the same time. */
const COUNTS_AT_ONCE = 32;

/** A workflow that was looked for, and what the store holds of it. */
export interface ReadWorkflow<T> {
  found: T;
  /** Undefined: it was removed meanwhile. */
  stored: StoredWorkflow | undefined;
}

/** Reads whole workflows in the order of their ids, some ahead of the one that the caller works on. */
export async function* readWorkflows<T extends { id: WorkflowId }>(
  store: Store,
  workflows: AsyncIterable<T>,
): AsyncGenerator<ReadWorkflow<T>> {
  const counted = inOrder(workflows, { items: COUNTS_AT_ONCE }, async (found) => ({
    found,
    taskforces: await store.indexes.countTaskforcesOf(found.id),
  }));
  const weight = { of: ({ taskforces }: { taskforces: number }) => taskforces, total: TASKFORCES_AT_ONCE };
  yield* inOrder(counted, { items: READS_AT_ONCE, weight }, async ({ found }) => ({
    found,
    stored: await readWholeWorkflow(store, found.id),
  }));
}
