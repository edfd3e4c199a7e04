import { setTimeout as delay } from "node:timers/promises";
import { nextEpochSeconds } from "../../domain/clock.js";
import { isWorkflowId, type WorkflowId } from "../../domain/ids.js";
import type { Phase } from "../../domain/phases.js";
import type { PhaseDurationStats, SummaryResponse, WorkflowSummary } from "../../domain/summary.js";
import { notFound } from "../../domain/wmsError.js";
import { scheduleFanout } from "../../lifecycle/changeEffects.js";
import type { Wms } from "../../lifecycle/context.js";
import { readLastPolls } from "../schedds/readSchedds.js";
import { explainWaiting } from "./explainWaiting.js";
import { summarizeWorkflow } from "./summarize.js";

/** Taskforces up to which a read summarizes a workflow itself. */
const MAX_TASKFORCES_INLINE = 2000;
/** Milliseconds that a read of a larger workflow waits for the fan-out job. */
const FANOUT_TIMEOUT_MS = 1000;

/**
 * Reads a workflow's summary, which includes all changes stored before the call. The summary of a large workflow may be older
 * if the fan-out job takes longer than a second.
 *
 * @throws WmsError `not-found`
 */
export async function readSummary(wms: Wms, id: string): Promise<SummaryResponse> {
  const record = isWorkflowId(id) ? await wms.store.fetch("workflow", id) : undefined;
  if (record === undefined || !isWorkflowId(id)) throw notFound(`no workflow found with id: ${id}`);
  const [summary, polls] = await Promise.all([readFreshSummary(wms, id), readLastPolls(wms)]);
  const { waits: _, phases, ...shown } = summary;
  const nowSeconds = nextEpochSeconds();
  return {
    workflow_id: id,
    deactivated: record.deactivated ?? null,
    deactivated_ts: record.deactivated_ts ?? null,
    ...shown,
    phases: addLongestStays(phases, nowSeconds),
    waiting_for: explainWaiting(summary, record.deactivated, nowSeconds, polls),
  };
}

/** A summary that is made here is not saved: the fan-out job could overwrite it with an older one. */
async function readFreshSummary(wms: Wms, workflow: WorkflowId): Promise<WorkflowSummary> {
  const { summaries, indexes } = wms.store;
  if (!(await summaries.isCurrent(workflow))) {
    if ((await indexes.countTaskforcesOf(workflow)) <= MAX_TASKFORCES_INLINE) return summarizeWorkflow(wms, workflow);
    scheduleFanout(wms, workflow);
    const deadlineMs = performance.now() + FANOUT_TIMEOUT_MS;
    while (performance.now() < deadlineMs && !(await summaries.isCurrent(workflow))) await delay(50);
  }
  return (await summaries.fetch(workflow)) ?? summarizeWorkflow(wms, workflow);
}

function addLongestStays(
  phases: Partial<Record<Phase, PhaseDurationStats>>,
  nowSeconds: number,
): Partial<Record<Phase, PhaseDurationStats & { seconds_longest: number }>> {
  return Object.fromEntries(
    Object.entries(phases).map(([phase, stays]) => {
      const { n, oldest_since, seconds_mean_past } = stays;
      const seconds_longest = oldest_since === null ? 0 : Math.max(0, nowSeconds - oldest_since);
      return [phase, { n, oldest_since, seconds_longest, seconds_mean_past }];
    }),
  );
}
