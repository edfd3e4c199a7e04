import { now } from "../domain/clock.js";
import type { WorkflowId } from "../domain/ids.js";
import type { CompoundStatuses, TopTaskErrors } from "../domain/taskforce.js";
import type { TaskforceRecord } from "../store/records.js";
import type { WorkflowSummary } from "../store/summaries.js";
import type { Wms } from "./context.js";

/** Workflows summarized before others get a turn. */
const BATCH = 20;
/** Taskforces read at once. */
const CHUNK = 500;

/** Brings the summaries of all dirty workflows of a partition up to date. */
export async function summarizeDirty(wms: Wms, partition: number): Promise<void> {
  for (;;) {
    const workflows = await wms.store.summaries.takeDirty(partition, BATCH);
    if (workflows.length === 0) return;
    for (const workflow of workflows)
      await wms.store.summaries.save(workflow, await summarize(wms, workflow));
  }
}

/** Sums up a workflow's taskforces. */
export async function summarize(wms: Wms, workflow: WorkflowId): Promise<WorkflowSummary> {
  const summary: WorkflowSummary = {
    taskforces_by_phase: {},
    compound_statuses: Object.create(null) as CompoundStatuses,
    top_task_errors: Object.create(null) as TopTaskErrors,
    updated: now(),
  };
  const uuids = await wms.store.indexes.taskforcesOf(workflow);
  for (let start = 0; start < uuids.length; start += CHUNK)
    for (const record of await wms.store.fetchMany("taskforce", uuids.slice(start, start + CHUNK)))
      if (record !== undefined) addTo(summary, record);
  return summary;
}

function addTo(summary: WorkflowSummary, record: TaskforceRecord): void {
  const { taskforces_by_phase: phases, compound_statuses: statuses, top_task_errors: errors } = summary;
  phases[record.phase] = (phases[record.phase] ?? 0) + 1;
  for (const [error, count] of entriesOf<number>(record.top_task_errors))
    errors[error] = (errors[error] ?? 0) + count;
  for (const [condor, pilots] of entriesOf<Record<string, number>>(record.compound_statuses)) {
    // Without a prototype, as the keys are whatever the TMS sends: `__proto__` is a key like any other.
    const sums = statuses[condor] ?? (Object.create(null) as Record<string, number>);
    statuses[condor] = sums;
    for (const [pilot, count] of Object.entries(pilots)) sums[pilot] = (sums[pilot] ?? 0) + count;
  }
}

const entriesOf = <V>(json: string | undefined): [string, V][] =>
  json === undefined ? [] : Object.entries(JSON.parse(json) as Record<string, V>);
