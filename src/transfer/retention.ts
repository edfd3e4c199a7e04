import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { RetentionRun } from "../store/retentionState.js";
import type { Store } from "../store/store.js";
import { createTombstoneWriter } from "../store/tombstones.js";
import type { StoredWorkflow } from "../store/wholeWorkflows.js";
import { type ScannedWorkflow, scanWorkflows } from "../store/workflowScan.js";
import { appendToArchive, sealArchive } from "./archiveFile.js";
import { endedAt } from "./endedAt.js";
import { ExportWriter, type NumberedLine, partName, readExport } from "./exportFile.js";
import { headerJson, parseWorkflowLine } from "./exportFormat.js";
import { writeWorkflow } from "./exportWorkflows.js";
import { type PurgeCounts, type PurgeOptions, purgeLines, purgeWithoutExport } from "./purgeWorkflows.js";
import { readWorkflows } from "./readWorkflows.js";

const SECONDS_PER_DAY = 86_400;
/** The export of a run before it is appended. A run replaces what an earlier one left. */
const RUN_FILE = "retention.ndjson.gz";

/** How long workflows are kept, and what remains of them. */
export interface RetentionSettings {
  /** Days after the end of a workflow. */
  days: number;
  /** Folder of the archives; undefined: workflows are removed without a copy. */
  archiveDir: string | undefined;
  tombstoneDays: number;
}

/** Steps of a run that only one process at a time may take. */
export type RetentionStep = "append" | "seal" | "purge";

/** @see applyRetention */
export interface RetentionOptions extends RetentionSettings {
  store: Store;
  serviceVersion: string;
  /** Epoch seconds. */
  now: number;
  /** Workflows that a run removes, and the milliseconds that it may take. The first half is for the archive. */
  limits: { workflows: number; ms: number };
  /** Called before each step. @throws Error when another process may have begun a run */
  onStep: (step: RetentionStep) => Promise<void>;
  /** Ends the run between two workflows. */
  signal?: AbortSignal | undefined;
}

/**
 * Writes the workflows that ended long enough ago to the archive of this month, and removes them, oldest first. A run that
 * reaches its limit is continued by the next one. What a run that fails has archived and not removed, a later one archives
 * again.
 *
 * @throws TransferFileError for a damaged archive, the error of a file, of {@link RetentionOptions.onStep}, the reason of
 *   the signal
 */
export async function applyRetention(options: RetentionOptions): Promise<RetentionRun> {
  const { store, now, archiveDir } = options;
  const startedAtMs = performance.now();
  const cursor = await store.retention.readCursor();
  const scan = new EndedWorkflows(options, cursor);
  const file = archiveDir && join(archiveDir, archiveName(now));
  const {
    archived,
    purged: removed,
    kept,
  } = file === undefined
    ? { ...(await removeWithoutCopy(scan, options, startedAtMs)), archived: 0 }
    : await archiveAndRemove(scan, options, { archive: file, startedAtMs });
  const seconds = (performance.now() - startedAtMs) / 1000;
  const run = { at: now, seconds, archived, removed, kept, is_complete: scan.isComplete };
  const begun = cursor?.begun ?? now;
  const isContinued = !scan.isComplete && scan.cursor !== undefined;
  await store.retention.saveRun(run, isContinued ? { ...(scan.cursor as ScannedWorkflow), begun } : { upTo: begun });
  return run;
}

/** The name of the archive of a month in UTC. @param now epoch seconds */
const archiveName = (now: number): string => `workflows-${new Date(1000 * now).toISOString().slice(0, 7)}.ndjson.gz`;

async function archiveAndRemove(
  scan: EndedWorkflows,
  options: RetentionOptions,
  { archive, startedAtMs }: { archive: string; startedAtMs: number },
): Promise<PurgeCounts & { archived: number }> {
  const { limits, onStep } = options;
  const exported = join(options.archiveDir ?? "", RUN_FILE);
  const archived = await writeExport(scan.read(startedAtMs + limits.ms / 2), exported, options);
  if (archived === 0) return { archived, purged: 0, kept: 0, missing: 0, taskforces: 0 };
  await onStep("append");
  const { start, end } = await appendToArchive(archive, exported);
  await onStep("seal");
  await sealArchive(archive, end);
  await onStep("purge");
  // From the archive itself: nothing is removed that does not stand there.
  const lines = scan.stopAt(startedAtMs + limits.ms, readExport(archive, start));
  const counts = await purgeLines(lines, await purgeOptions(options, archiveName(options.now)));
  await rm(exported, { force: true });
  return { ...counts, archived };
}

async function removeWithoutCopy(
  scan: EndedWorkflows,
  options: RetentionOptions,
  startedAtMs: number,
): Promise<PurgeCounts> {
  await options.onStep("purge");
  return purgeWithoutExport(scan.read(startedAtMs + options.limits.ms), await purgeOptions(options, undefined));
}

async function purgeOptions(
  { store, now, tombstoneDays, signal }: RetentionOptions,
  file: string | undefined,
): Promise<PurgeOptions> {
  const commandsFor = await createTombstoneWriter(store, { file, now, keptDays: tombstoneDays });
  return { store, isForced: false, commandsFor, signal };
}

/** Writes a complete export. @returns the number of workflows; of none there is no file */
async function writeExport(
  workflows: AsyncGenerator<StoredWorkflow>,
  path: string,
  { store, serviceVersion, now, days }: RetentionOptions,
): Promise<number> {
  const writer = new ExportWriter(path, partName(path));
  const filter = { ended_before: now - days * SECONDS_PER_DAY };
  try {
    await writer.writeLine(headerJson({ serviceVersion, partitions: store.partitions, exportedAt: now, filter }));
    for await (const stored of workflows) await writeWorkflow(writer, stored);
    if (writer.counts.workflows > 0) await writer.finish();
  } catch (error) {
    await writer.abandon();
    throw error;
  }
  if (writer.counts.workflows > 0) return writer.counts.workflows;
  await writer.abandon();
  await rm(partName(path), { force: true });
  return 0;
}

/** The workflows of the store that ended long enough ago, from a place on. */
class EndedWorkflows {
  readonly #options: RetentionOptions;
  /** The last workflow that was looked at. */
  cursor: ScannedWorkflow | undefined;
  /** Whether all were looked at. */
  isComplete = false;

  constructor(options: RetentionOptions, cursor: ScannedWorkflow | undefined) {
    this.#options = options;
    this.cursor = cursor;
  }

  /** Reads them, oldest first. Ends at the limit of workflows, or of time. @param deadlineMs of `performance.now()` */
  async *read(deadlineMs: number): AsyncGenerator<StoredWorkflow> {
    const { store, now, days, limits, signal } = this.#options;
    const endedBefore = now - days * SECONDS_PER_DAY;
    const created = createdBefore(endedBefore, scanWorkflows(store, { after: this.cursor }));
    let found = 0;
    for await (const { found: scanned, stored } of readWorkflows(store, created)) {
      signal?.throwIfAborted();
      this.cursor = scanned;
      if (stored !== undefined && (endedAt(stored) ?? Number.POSITIVE_INFINITY) < endedBefore) {
        yield stored;
        found++;
      }
      if (found === limits.workflows || performance.now() > deadlineMs) return;
    }
    this.isComplete = true;
  }

  /**
   * The lines of what was read, up to a time: at least one, so that a later run does not archive the same again. The next
   * run continues behind the last of them.
   *
   * @param deadlineMs milliseconds of `performance.now()`
   */
  async *stopAt(deadlineMs: number, lines: AsyncIterable<NumberedLine>): AsyncGenerator<NumberedLine> {
    let last: NumberedLine | undefined;
    for await (const line of lines) {
      if (last !== undefined && performance.now() > deadlineMs) {
        const { workflow } = parseWorkflowLine(last.text);
        this.cursor = { id: workflow.workflow_id, timestamp: workflow.timestamp };
        this.isComplete = false;
        return;
      }
      yield line;
      last = line;
    }
  }
}

async function* createdBefore(
  seconds: number,
  workflows: AsyncIterable<ScannedWorkflow>,
): AsyncGenerator<ScannedWorkflow> {
  for await (const workflow of workflows) {
    if (workflow.timestamp >= seconds) return;
    yield workflow;
  }
}
