import { rename } from "node:fs/promises";
import type { WorkflowId } from "../domain/ids.js";
import { exportedJson } from "../store/exportedWorkflow.js";
import type { Store } from "../store/store.js";
import type { StoredWorkflow } from "../store/wholeWorkflows.js";
import { type ScannedWorkflow, scanWorkflows } from "../store/workflowScan.js";
import { ExportWriter, fileExists, partName, readPart } from "./exportFile.js";
import { type ExportCounts, type ExportFilter, headerJson, parseHeader, parseWorkflowLine } from "./exportFormat.js";
import { isSelected } from "./isSelected.js";
import { TransferFileError } from "./lines.js";
import { readWorkflows } from "./readWorkflows.js";

/** What an export has done so far. */
export interface ExportProgress {
  /** Workflows that were read, of which the filter may leave out some. */
  workflows: number;
  /** Workflows in the store at the start. */
  total: number;
  /** Taskforces in the file. */
  taskforces: number;
}

/** Which workflows to read. */
export interface SelectionOptions {
  store: Store;
  filter: ExportFilter;
  /** Stops between two workflows. */
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: ExportProgress) => void) | undefined;
}

/** @see exportWorkflows */
export interface ExportOptions extends SelectionOptions {
  /** The file. Its name says how to compress: `.gz`, `.zst`. */
  path: string;
  serviceVersion: string;
  /** Epoch seconds. */
  now: number;
}

/** What an export has written. */
export interface ExportResult extends ExportCounts {
  /** The last workflow that an earlier, stopped export had written; undefined: there was none. */
  resumedAfter: WorkflowId | undefined;
}

/**
 * Writes workflows to a file. The service may run meanwhile: each workflow is read at one instant.
 *
 * A stopped export leaves `FILE.part`. The next one of the same kind continues behind its last workflow.
 *
 * @throws TransferFileError when the file exists, the reason of the signal
 */
export async function exportWorkflows(options: ExportOptions): Promise<ExportResult> {
  const { path } = options;
  if (await fileExists(path))
    throw new TransferFileError(`${path}: the file exists, and an export does not replace a file`);
  const { writer, filter, after } = await beginOrResume(options);
  try {
    for await (const stored of readSelected({ ...options, filter }, { after, counts: writer.counts }))
      await writeWorkflow(writer, stored);
    await writer.finish();
    return { ...writer.counts, resumedAfter: after?.id };
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}

/** What {@link exportWorkflows} would write. */
export async function measureExport(options: SelectionOptions): Promise<ExportResult> {
  const counts: ExportCounts = { workflows: 0, task_directives: 0, taskforces: 0 };
  for await (const { tasks, taskforces } of readSelected(options, { counts })) {
    counts.workflows++;
    counts.task_directives += tasks.length;
    counts.taskforces += taskforces.length;
  }
  return { ...counts, resumedAfter: undefined };
}

/**
 * Reads the selected workflows, oldest first.
 *
 * @param progress `after`: the workflow after which to begin; `counts`: what the caller has done so far, for the progress
 */
export async function* readSelected(
  { store, filter, signal, onProgress }: SelectionOptions,
  {
    after,
    counts,
  }: { after?: ScannedWorkflow | undefined; counts?: Pick<ExportCounts, "workflows" | "taskforces"> } = {},
): AsyncGenerator<StoredWorkflow> {
  const total = filter.workflow_ids?.length ?? (await store.indexes.countAll("workflow"));
  let workflows = counts?.workflows ?? 0;
  for await (const { stored } of readWorkflows(store, selectWorkflows(store, filter, after))) {
    signal?.throwIfAborted();
    // A workflow may have been purged since the scan.
    if (stored !== undefined && isSelected(stored, filter)) yield stored;
    workflows++;
    onProgress?.({ workflows, total, taskforces: counts?.taskforces ?? 0 });
  }
}

/** Writes the line of a workflow. */
export async function writeWorkflow(writer: ExportWriter, stored: StoredWorkflow): Promise<void> {
  const counts = { taskDirectives: stored.tasks.length, taskforces: stored.taskforces.length };
  await writer.writeLine(await exportedJson(stored), counts);
}

async function* selectWorkflows(
  store: Store,
  { workflow_ids, created_since }: ExportFilter,
  after: ScannedWorkflow | undefined,
): AsyncGenerator<{ id: WorkflowId }> {
  if (workflow_ids === undefined) yield* scanWorkflows(store, { since: created_since, after });
  else for (const id of workflow_ids) yield { id: id as WorkflowId };
}

interface BegunFile {
  writer: ExportWriter;
  filter: ExportFilter;
  /** The last workflow in the file. */
  after: ScannedWorkflow | undefined;
}

/**
 * Begins a file with its header, or with the lines of a stopped export. These are copied, because a compressed file may
 * break off anywhere. A stop during the copy leaves the earlier file as it was.
 */
async function beginOrResume({ store, path, filter, serviceVersion, now }: ExportOptions): Promise<BegunFile> {
  const header = headerJson({ serviceVersion, partitions: store.partitions, exportedAt: now, filter });
  const part = partName(path);
  const lines = (await fileExists(part)) ? readPart(part) : undefined;
  const first = await lines?.next();
  const partFilter = first?.done === false ? (parseHeader(first.value).filter as ExportFilter) : undefined;
  // A file of selected workflows is short, and is written again.
  if (lines === undefined || partFilter === undefined || !isSameKind(partFilter, filter)) {
    const writer = new ExportWriter(path, part);
    await writer.writeLine(header);
    return { writer, filter, after: undefined };
  }
  const writer = new ExportWriter(path, `${path}.resumed`);
  await writer.writeLine(first?.value as string);
  let after: ScannedWorkflow | undefined;
  for await (const line of lines) {
    const { workflow, task_directives, taskforces } = parseWorkflowLine(line);
    await writer.writeLine(line, { taskDirectives: task_directives.length, taskforces: taskforces.length });
    after = { id: workflow.workflow_id, timestamp: workflow.timestamp };
  }
  await rename(`${path}.resumed`, part);
  writer.partPath = part;
  return { writer, filter: partFilter, after };
}

/** Whether two exports select alike. The moment of `ended_before` moves on from one to the next: that of the file counts. */
const isSameKind = (one: ExportFilter, other: ExportFilter): boolean =>
  one.workflow_ids === undefined &&
  other.workflow_ids === undefined &&
  one.created_since === other.created_since &&
  (one.ended_before === undefined) === (other.ended_before === undefined);
