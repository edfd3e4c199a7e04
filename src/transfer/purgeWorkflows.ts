import type { WorkflowId } from "../domain/ids.js";
import { inOrder } from "../domain/inOrder.js";
import { exportedJson } from "../store/exportedWorkflow.js";
import { removeWorkflow } from "../store/removal.js";
import type { Store } from "../store/store.js";
import type { TombstoneWriter } from "../store/tombstones.js";
import { readWholeWorkflow, type StoredWorkflow } from "../store/wholeWorkflows.js";
import { endedAt } from "./endedAt.js";
import { type NumberedLine, readExport } from "./exportFile.js";
import { type ExportFilter, workflowIdOfLine } from "./exportFormat.js";
import { isSelected } from "./isSelected.js";

/** Workflows that are removed at the same time. */
const REMOVALS_AT_ONCE = 4;

/** How many workflows a purge has handled. */
export interface PurgeCounts {
  purged: number;
  taskforces: number;
  /** They have changed since they were exported, have not ended, or are not selected. */
  kept: number;
  /** Of an export: they are not in the store. */
  missing: number;
}

/** @see purgeExported */
export interface PurgeOptions {
  store: Store;
  /** Removes also workflows that have not ended. */
  isForced: boolean;
  /** Only these; a file may hold more. Undefined: all. */
  filter?: ExportFilter;
  /** Commands of the step that removes a workflow, which add its tombstone. */
  commandsFor?: TombstoneWriter;
  signal?: AbortSignal | undefined;
  onProgress?: ((counts: PurgeCounts) => void) | undefined;
}

/**
 * Removes the workflows of an export from the store, each as a whole, if the store holds them as the file does. So nothing
 * is removed that is not in the file. A repeated purge continues an interrupted one.
 *
 * @param path a complete export
 */
export const purgeExported = (path: string, options: PurgeOptions): Promise<PurgeCounts> =>
  purgeLines(readExport(path), options);

/** The same for some lines of a complete export. */
export const purgeLines = (lines: AsyncIterable<NumberedLine>, options: PurgeOptions): Promise<PurgeCounts> =>
  purge(lines, options, async ({ text }) => {
    // Parsing all of a large workflow would block the process.
    const stored = await readWholeWorkflow(options.store, workflowIdOfLine(text) as WorkflowId);
    if (stored === undefined) return "missing";
    if ((await exportedJson(stored)) === text) return stored;
    // The file of an earlier release has no histories.
    return (await exportedJson({ ...stored, history: "" })) === text ? stored : "changed";
  });

/** Removes workflows without a copy, unless they have changed since they were read. */
export const purgeWithoutExport = (
  workflows: AsyncIterable<StoredWorkflow> | Iterable<StoredWorkflow>,
  options: PurgeOptions,
): Promise<PurgeCounts> => purge(workflows, options, async (stored) => stored);

async function purge<T>(
  items: AsyncIterable<T> | Iterable<T>,
  { store, isForced, filter = {}, commandsFor, signal, onProgress }: PurgeOptions,
  read: (item: T) => Promise<StoredWorkflow | "missing" | "changed">,
): Promise<PurgeCounts> {
  const counts: PurgeCounts = { purged: 0, taskforces: 0, kept: 0, missing: 0 };
  const removals = inOrder(items, { items: REMOVALS_AT_ONCE }, async (item) => {
    signal?.throwIfAborted();
    const stored = await read(item);
    if (stored === "missing") return "missing";
    const isPurgeable =
      stored !== "changed" && isSelected(stored, filter) && (isForced || endedAt(stored) !== undefined);
    return isPurgeable && (await removeWorkflow(store, stored, await commandsFor?.(stored.id)))
      ? stored.taskforces.length
      : "kept";
  });
  for await (const outcome of removals) {
    if (typeof outcome === "string") counts[outcome]++;
    else {
      counts.purged++;
      counts.taskforces += outcome;
    }
    onProgress?.(counts);
  }
  return counts;
}
