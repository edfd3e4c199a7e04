import { isDeepStrictEqual } from "node:util";
import { storedWorkflowId } from "../domain/earlyIds.js";
import { type InOrderLimits, inOrder } from "../domain/inOrder.js";
import { type ExportedWorkflow, toExported } from "../store/exportedWorkflow.js";
import { importWorkflow, replaceWorkflow } from "../store/imports.js";
import type { Store } from "../store/store.js";
import { readWholeWorkflow } from "../store/wholeWorkflows.js";
import { explainConflict } from "./conflicts.js";

/** What is imported at the same time: few taskforces, because all are in memory. */
export const AT_ONCE = { items: 16, taskforces: 2000 };

/** A part of a source that cannot become a workflow of the service. */
export interface Reject {
  /** Where it stands in the source. */
  place: string;
  workflow_id?: string | undefined;
  /** Why it is not imported. */
  reason: string;
  /** What the source holds. */
  content?: unknown;
}

/** A workflow of a source. */
export interface SourceWorkflow {
  /** Where it stands in the source, for messages. */
  place: string;
  workflow: ExportedWorkflow;
}

/** Gives workflows in any order, each once, and what it could not read. */
export type ImportSource = AsyncIterable<SourceItem>;

/** How many workflows of a source had each outcome. */
export interface ImportCounts {
  /** Were not in the store. */
  imported: number;
  /** Were in the store with other contents. */
  replaced: number;
  /** Were in the store with the same contents. */
  unchanged: number;
  rejected: number;
  /** Taskforces of the imported and replaced ones. */
  taskforces: number;
}

/** @see importWorkflows */
export interface ImportOptions {
  store: Store;
  source: ImportSource;
  /** Only these; undefined: all. */
  workflowIds?: ReadonlySet<string> | undefined;
  /** Compares, and writes nothing. */
  isDryRun: boolean;
  /** Replaces a workflow that has changed here since its last import. */
  isOverwriting: boolean;
  /** Called for each workflow that is not imported. */
  onReject: (reject: Reject) => Promise<void>;
  signal?: AbortSignal | undefined;
  onProgress?: ((counts: ImportCounts) => void) | undefined;
}

/**
 * Imports the workflows of a source that the store lacks, and replaces those that have changed in the source. Each appears
 * as a whole. A repeated import finds what an interrupted one has done, and continues.
 *
 * @throws the reason of the signal, or the error of the source
 */
export async function importWorkflows(options: ImportOptions): Promise<ImportCounts> {
  const { store, source, workflowIds, signal, onReject, onProgress } = options;
  // A replacement overwrites what the service may be changing.
  const isServiceRunning = (await store.processes.list()).length > 0;
  const counts: ImportCounts = { imported: 0, replaced: 0, unchanged: 0, rejected: 0, taskforces: 0 };
  const wanted = workflowIds === undefined ? source : selectWorkflows(source, workflowIds);
  const outcomes = inOrder(wanted, limitsOf(AT_ONCE), (item) =>
    "reject" in item ? Promise.resolve(item) : importOne(item, options, isServiceRunning),
  );
  for await (const outcome of outcomes) {
    signal?.throwIfAborted();
    if ("reject" in outcome) {
      counts.rejected++;
      await onReject(outcome.reject);
    } else {
      counts[outcome.outcome]++;
      counts.taskforces += outcome.taskforces;
    }
    onProgress?.(counts);
  }
  return counts;
}

/** Keeps who created a workflow and what is written about it, if the source does not know of it. */
function keepOrigin(stored: ExportedWorkflow, exported: ExportedWorkflow): void {
  const { creator, annotations } = stored.extensions.workflow;
  const known = { ...(creator !== undefined && { creator }), ...(annotations !== undefined && { annotations }) };
  exported.extensions.workflow = { ...known, ...exported.extensions.workflow };
}

/** The service makes a history of what happens, so it is no change of its own. */
const withoutHistory = ({ extensions: { history: _, ...extensions }, ...documents }: ExportedWorkflow) => ({
  ...documents,
  extensions,
});

type SourceItem = SourceWorkflow | { reject: Reject };

/** The limits for the items of a source. */
export const limitsOf = ({ items, taskforces }: typeof AT_ONCE): InOrderLimits<SourceItem> => ({
  items,
  weight: { of: (item) => ("reject" in item ? 0 : item.workflow.taskforces.length), total: taskforces },
});

async function* selectWorkflows(source: ImportSource, ids: ReadonlySet<string>): ImportSource & AsyncGenerator {
  for await (const item of source)
    if (ids.has(storedWorkflowId(("reject" in item ? item.reject : item.workflow.workflow).workflow_id ?? "")))
      yield item;
}

type Outcome = { outcome: "imported" | "replaced" | "unchanged"; taskforces: number } | { reject: Reject };

async function importOne(
  { place, workflow: exported }: SourceWorkflow,
  { store, isDryRun, isOverwriting }: ImportOptions,
  isServiceRunning: boolean,
): Promise<Outcome> {
  const id = exported.workflow.workflow_id;
  const taskforces = exported.taskforces.length;
  const found = await readWholeWorkflow(store, id);
  if (found === undefined) {
    if (!isDryRun) await importWorkflow(store, exported);
    return { outcome: "imported", taskforces };
  }
  const stored = await toExported(found);
  keepOrigin(stored, exported);
  if (isDeepStrictEqual(withoutHistory(stored), withoutHistory(exported)))
    return { outcome: "unchanged", taskforces: 0 };
  const refuse = (reason: string): Outcome => ({ reject: { place, workflow_id: id, reason } });
  const conflict = isOverwriting ? undefined : explainConflict(stored, exported);
  if (conflict !== undefined) return refuse(`${conflict} (--overwrite replaces it)`);
  if (isServiceRunning) return refuse("it has changed in the source, and the service runs: stop it, and import again");
  if (!isDryRun) await replaceWorkflow(store, stored, exported);
  return { outcome: "replaced", taskforces };
}
