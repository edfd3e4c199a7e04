import { type TaskforceUuid, type WorkflowId, workflowOf } from "../domain/ids.js";
import type { Phase } from "../domain/phases.js";
import type { Queues } from "../queues/queues.js";
import type { LogEntry } from "../store/phaseLog.js";
import type { Wms } from "./context.js";

/** Milliseconds in which a workflow's further launches are gathered into one line of the log. */
const GATHER = 1000;

interface Gathering {
  taskforces: TaskforceUuid[];
  write(): void;
  timer: NodeJS.Timeout;
}

const gathering = new WeakMap<Queues, Map<WorkflowId, Gathering>>();

/**
 * Taskforces are launched one by one, by thousands a workflow: a line for each would flood the log. The first one of a
 * workflow gets its line at once, those that follow are gathered.
 */
export function gatheredEntry({ queues }: Wms, entry: LogEntry): LogEntry {
  const byWorkflow = gathering.get(queues) ?? new Map<WorkflowId, Gathering>();
  gathering.set(queues, byWorkflow);
  return {
    ...entry,
    recorded([uuid], from) {
      if (uuid === undefined) return;
      const begun = byWorkflow.get(workflowOf(uuid));
      if (begun !== undefined) begun.taskforces.push(uuid);
      else {
        entry.recorded?.([uuid], from);
        gather(byWorkflow, workflowOf(uuid), entry, from);
      }
    },
  };
}

function gather(
  byWorkflow: Map<WorkflowId, Gathering>,
  workflow: WorkflowId,
  entry: LogEntry,
  from: Phase | undefined,
): void {
  const taskforces: TaskforceUuid[] = [];
  const write = () => {
    byWorkflow.delete(workflow);
    entry.recorded?.(taskforces, from);
  };
  const turn = () => {
    write();
    // Where some came, more may follow.
    if (taskforces.length > 0) gather(byWorkflow, workflow, entry, from);
  };
  byWorkflow.set(workflow, { taskforces, write, timer: setTimeout(turn, GATHER) });
}

/** Writes what is still being gathered; for the end of a process. */
export function writeGathered({ queues }: Wms): void {
  for (const { timer, write } of gathering.get(queues)?.values() ?? []) {
    clearTimeout(timer);
    write();
  }
}
