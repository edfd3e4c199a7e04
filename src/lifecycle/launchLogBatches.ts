import { type TaskforceUuid, type WorkflowId, workflowOf } from "../domain/ids.js";
import type { Phase } from "../domain/phases.js";
import type { Queues } from "../queues/queues.js";
import type { PhaseLogEntry } from "../store/phaseLog.js";
import type { Wms } from "./context.js";

/** Milliseconds in which a workflow's further launches are gathered into one line of the log. */
const BATCH_WINDOW_MS = 1000;

interface LaunchLogBatch {
  taskforces: TaskforceUuid[];
  write(): void;
  timer: NodeJS.Timeout;
}

const batchesByQueues = new WeakMap<Queues, Map<WorkflowId, LaunchLogBatch>>();

/**
 * Taskforces are launched one by one, by thousands a workflow: a line for each would flood the log. The first one of a
 * workflow gets its line at once, those that follow are gathered.
 */
export function batchLogEntry({ queues }: Wms, entry: PhaseLogEntry): PhaseLogEntry {
  const byWorkflow = batchesByQueues.get(queues) ?? new Map<WorkflowId, LaunchLogBatch>();
  batchesByQueues.set(queues, byWorkflow);
  return {
    ...entry,
    onRecorded([uuid], from) {
      if (uuid === undefined) return;
      const openBatch = byWorkflow.get(workflowOf(uuid));
      if (openBatch !== undefined) openBatch.taskforces.push(uuid);
      else {
        entry.onRecorded?.([uuid], from);
        startBatch(byWorkflow, workflowOf(uuid), entry, from);
      }
    },
  };
}

function startBatch(
  byWorkflow: Map<WorkflowId, LaunchLogBatch>,
  workflow: WorkflowId,
  entry: PhaseLogEntry,
  from: Phase | undefined,
): void {
  const taskforces: TaskforceUuid[] = [];
  const write = () => {
    byWorkflow.delete(workflow);
    entry.onRecorded?.(taskforces, from);
  };
  const flushAndContinue = () => {
    write();
    // Where some came, more may follow.
    if (taskforces.length > 0) startBatch(byWorkflow, workflow, entry, from);
  };
  byWorkflow.set(workflow, { taskforces, write, timer: setTimeout(flushAndContinue, BATCH_WINDOW_MS) });
}

/** Writes what is still being gathered; for the end of a process. */
export function flushLaunchLogBatches({ queues }: Wms): void {
  for (const { timer, write } of batchesByQueues.get(queues)?.values() ?? []) {
    clearTimeout(timer);
    write();
  }
}
