import { setTimeout as delay } from "node:timers/promises";
import { now } from "../../domain/clock.js";
import { notFound } from "../../domain/wmsError.js";
import { isWorkflowId, type WorkflowId } from "../../domain/ids.js";
import type { Phase } from "../../domain/phases.js";
import type { PhaseStays, ShownSummary, WorkflowSummary } from "../../domain/summary.js";
import type { Wms } from "../../lifecycle/context.js";
import { wakeFanout } from "../../lifecycle/fanout.js";
import { lastPolls } from "../schedds/recordPolls.js";
import { summarize } from "./summarize.js";
import { waitingFor } from "./explainWaiting.js";

/** Taskforces that a read sums up itself. */
const AT_ONCE = 2000;
/** Milliseconds that a read of a larger workflow waits for the status fan-out, and between two looks meanwhile. */
const PATIENCE = { most: 1000, look: 50 };

/**
 * A workflow's summary. It tells of all that was stored before it was asked for; of a workflow with very many taskforces it
 * may be older, when the status fan-out takes longer than a second.
 *
 * @throws WmsError `not-found`
 */
export async function readSummary(wms: Wms, id: string): Promise<ShownSummary> {
  const record = isWorkflowId(id) ? await wms.store.fetch("workflow", id) : undefined;
  if (record === undefined || !isWorkflowId(id)) throw notFound(`no workflow found with id: ${id}`);
  const [summary, polls] = await Promise.all([freshSummary(wms, id), lastPolls(wms)]);
  const { waits: _, phases, ...shown } = summary;
  const at = now();
  return {
    workflow_id: id,
    deactivated: record.deactivated ?? null,
    deactivated_ts: record.deactivated_ts ?? null,
    ...shown,
    phases: withLongest(phases, at),
    waiting_for: waitingFor(summary, record.deactivated, at, polls),
  };
}

/** What is made here is not saved: the fan-out, which alone saves, would have to be kept from saving an older one later. */
async function freshSummary(wms: Wms, workflow: WorkflowId): Promise<WorkflowSummary> {
  const { summaries, indexes } = wms.store;
  if (!(await summaries.isCurrent(workflow))) {
    if ((await indexes.countTaskforcesOf(workflow)) <= AT_ONCE) return summarize(wms, workflow);
    await caughtUp(wms, workflow);
  }
  return (await summaries.fetch(workflow)) ?? summarize(wms, workflow);
}

/** Waits until the fan-out has got as far as the store, or for long enough. */
async function caughtUp(wms: Wms, workflow: WorkflowId): Promise<void> {
  wakeFanout(wms, workflow);
  const until = Date.now() + PATIENCE.most;
  while (Date.now() < until && !(await wms.store.summaries.isCurrent(workflow))) await delay(PATIENCE.look);
}

function withLongest(
  phases: Partial<Record<Phase, PhaseStays>>,
  at: number,
): Partial<Record<Phase, PhaseStays & { seconds_longest: number }>> {
  return Object.fromEntries(
    Object.entries(phases).map(([phase, stays]) => {
      const { n, oldest_since, seconds_mean_past } = stays;
      const seconds_longest = oldest_since === null ? 0 : Math.max(0, at - oldest_since);
      return [phase, { n, oldest_since, seconds_longest, seconds_mean_past }];
    }),
  );
}
