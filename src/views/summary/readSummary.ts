import { nextEpochSeconds } from "../../domain/clock.js";
import type { Phase } from "../../domain/phases.js";
import { type PhaseDurationStats, type SummaryResponse, withoutInternalParts } from "../../domain/summary.js";
import type { Wms } from "../../lifecycle/context.js";
import { requireWorkflow } from "../../lifecycle/requireWorkflow.js";
import { diagnoseSummary } from "../diagnosis/diagnose.js";
import { readFreshSummary } from "./freshSummary.js";

/** Reads a workflow's summary. @see readFreshSummary @throws WmsError `not-found` */
export async function readSummary(wms: Wms, text: string): Promise<SummaryResponse> {
  const { id, record } = await requireWorkflow(wms, text);
  const summary = await readFreshSummary(wms, id);
  const { findings } = await diagnoseSummary(wms, id, summary, record.deactivated);
  const { phases, ...shown } = withoutInternalParts(summary);
  return {
    workflow_id: id,
    deactivated: record.deactivated ?? null,
    deactivated_ts: record.deactivated_ts ?? null,
    ...shown,
    phases: addLongestStays(phases, nextEpochSeconds()),
    n_never_started: summary.waits.never_started,
    waiting_for: findings[0]?.sentence ?? null,
    findings,
  };
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
