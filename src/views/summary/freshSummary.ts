import { setTimeout as delay } from "node:timers/promises";
import type { WorkflowId } from "../../domain/ids.js";
import type { WorkflowSummary } from "../../domain/summary.js";
import { scheduleFanout } from "../../lifecycle/changeEffects.js";
import type { Wms } from "../../lifecycle/context.js";
import { summarizeWorkflow } from "./summarize.js";

/** Taskforces up to which a read summarizes a workflow itself. */
export const MAX_TASKFORCES_INLINE = 2000;
/** Milliseconds that a read of a larger workflow waits for the fan-out job. */
const FANOUT_TIMEOUT_MS = 1000;

/**
 * Reads a workflow's summary, which includes all changes stored before the call. The summary of a large workflow may be older
 * if the fan-out job takes longer than a second. A summary that is made here is not saved: the fan-out job could overwrite
 * it with an older one.
 */
export async function readFreshSummary(wms: Wms, workflow: WorkflowId): Promise<WorkflowSummary> {
  const { summaries, indexes } = wms.store;
  if (!(await summaries.isCurrent(workflow))) {
    if ((await indexes.countTaskforcesOf(workflow)) <= MAX_TASKFORCES_INLINE) return summarizeWorkflow(wms, workflow);
    scheduleFanout(wms, workflow);
    const deadlineMs = performance.now() + FANOUT_TIMEOUT_MS;
    while (performance.now() < deadlineMs && !(await summaries.isCurrent(workflow))) await delay(50);
  }
  return (await summaries.fetch(workflow)) ?? summarizeWorkflow(wms, workflow);
}
