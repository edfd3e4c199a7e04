import { parseFields } from "../store/repositories.js";
import type { StoredWorkflow } from "../store/wholeWorkflows.js";

/**
 * When a workflow ended: it is deactivated, or all its taskforces are complete, and no HTCondor cluster of it is left.
 *
 * @returns epoch seconds of the last change; undefined while the workflow has not ended
 */
export function endedAt({ fields, taskforces, isDeactivating }: StoredWorkflow): number | undefined {
  const { deactivated, deactivated_ts = 0 } = parseFields("workflow", fields);
  if (isDeactivating || (deactivated === undefined && taskforces.length === 0)) return undefined;
  let last = deactivated_ts;
  for (const { fields: taskforceFields } of taskforces) {
    const { phase, cluster_id, since } = parseFields("taskforce", taskforceFields);
    const isOver =
      phase === "condor-complete" ||
      (deactivated !== undefined &&
        (phase === "condor-rm" || (phase === "pending-stopper" && cluster_id === undefined)));
    if (!isOver) return undefined;
    last = Math.max(last, Number(since));
  }
  return last;
}
