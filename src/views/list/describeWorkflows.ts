import type { Finding } from "../../domain/diagnosis.js";
import type { WorkflowId } from "../../domain/ids.js";
import { areAllEnded, countRunningWorkers, type WorkflowSummary } from "../../domain/summary.js";
import type { WorkflowDigest } from "../../domain/workflowDigest.js";
import type { Wms } from "../../lifecycle/context.js";
import { originOf } from "../../store/annotations.js";
import { type WorkflowRecord, workflowAsCreated } from "../../store/records.js";
import { diagnoseSummary } from "../diagnosis/diagnose.js";
import { WORK } from "../query/limits.js";
import type { WorkMeter } from "../query/meter.js";
import { MAX_TASKFORCES_INLINE } from "../summary/freshSummary.js";
import { summarizeWorkflow, unknownSummary } from "../summary/summarize.js";

/** Work of the meter for one row: about a millisecond. */
const WORK_PER_ROW = WORK.millisecond;
/** Images that a row names. */
const MAX_IMAGES = 3;

/**
 * Describes workflows in rows of a list, in their order, without those that are removed meanwhile.
 *
 * @throws the reason of the meter's signal
 */
export async function describeWorkflows(
  wms: Wms,
  workflows: readonly WorkflowId[],
  meter: WorkMeter,
): Promise<WorkflowDigest[]> {
  meter.charge(workflows.length * WORK_PER_ROW);
  await meter.pause();
  const rows: Promise<WorkflowDigest>[] = [];
  for await (const [id, record] of wms.store.fetchEach("workflow", workflows))
    if (record !== undefined) rows.push(describeWorkflow(wms, id, record));
  return Promise.all(rows);
}

async function describeWorkflow(wms: Wms, id: WorkflowId, record: WorkflowRecord): Promise<WorkflowDigest> {
  const summary = (await wms.store.summaries.fetch(id)) ?? (await makeSummary(wms, id));
  const { findings } = await diagnoseSummary(wms, id, summary, record.deactivated);
  return toDigest(id, record, summary, findings[0]);
}

/** The first summary of a new workflow. That of a large one is left to the worker, which makes it within a second. */
async function makeSummary(wms: Wms, id: WorkflowId): Promise<WorkflowSummary> {
  const isLarge = (await wms.store.indexes.countTaskforcesOf(id)) > MAX_TASKFORCES_INLINE;
  return isLarge ? unknownSummary(wms, id) : summarizeWorkflow(wms, id);
}

function toDigest(
  workflow_id: WorkflowId,
  record: WorkflowRecord,
  summary: WorkflowSummary,
  finding: Finding | undefined,
): WorkflowDigest {
  const { timestamp: created, priority } = workflowAsCreated(record);
  const { creator, annotations } = originOf(record);
  const { deactivated = null, deactivated_ts = null } = record;
  return {
    workflow_id,
    name: annotations.name,
    labels: annotations.labels,
    owner: creator === undefined ? null : { subject: creator.subject, name: creator.name },
    created,
    priority,
    deactivated,
    deactivated_ts,
    state: stateOf(record, summary),
    last_change: summary.last_change,
    task_images: [...new Set(summary.tasks.map(({ task_image }) => task_image))].slice(0, MAX_IMAGES),
    n_tasks: summary.tasks.length,
    n_taskforces: summary.n_taskforces,
    taskforces_by_phase: summary.taskforces_by_phase,
    n_workers_requested: summary.n_workers_requested,
    workers: sumsOf(summary.compound_statuses),
    running_workers: [...(summary.running_workers ?? [])],
    n_errors: sum(summary.top_task_errors),
    n_failed_attempts: summary.n_failed_attempts,
    finding: finding ?? null,
  };
}

function stateOf({ deactivated }: WorkflowRecord, summary: WorkflowSummary): WorkflowDigest["state"] {
  if (deactivated !== undefined) return deactivated === "ABORTED" ? "aborted" : "finished";
  if (areAllEnded(summary)) return "completed";
  return countRunningWorkers(summary) > 0 ? "running" : "waiting";
}

/** The map has no prototype: the TMS sends any key. */
function sumsOf(statuses: WorkflowSummary["compound_statuses"]): Record<string, number> {
  const sums = Object.create(null) as Record<string, number>;
  for (const [status, pilots] of Object.entries(statuses)) sums[status] = sum(pilots);
  return sums;
}

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, n) => total + n, 0);
