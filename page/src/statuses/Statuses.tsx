import { formatNumber } from "../../../client/src/format.js";
import { countWorkersByKind, groupWorkers, WORKER_KINDS, workerGroupLabel } from "../../../client/src/workers.js";
import type { CompoundStatuses } from "../api/apiTypes.ts";
import { StackedBar, Swatch } from "../parts/Bars.tsx";

/** Workers by HTCondor and pilot status: a bar of kinds and a legend of all pairs of statuses. */
export function WorkerStatuses({ statuses }: { statuses: CompoundStatuses }) {
  const groups = groupWorkers(statuses);
  if (groups.length === 0)
    return (
      <p class="quiet-text">
        No worker statuses reported yet. The TMS reports them once it has submitted a taskforce; until then, the
        findings at the top say what is missing.
      </p>
    );
  const counts = countWorkersByKind(statuses);
  return (
    <div class="workers">
      <StackedBar
        height={18}
        parts={WORKER_KINDS.map((kind) => ({ fill: kind, n: counts[kind] })).filter(({ n }) => n > 0)}
      />
      <ul class="legend">
        {groups.map((group) => (
          <li key={`${group.condor} ${group.pilot}`}>
            <Swatch fill={group.kind} />
            <b>{formatNumber(group.n)}</b> {workerGroupLabel(group)}
          </li>
        ))}
      </ul>
    </div>
  );
}
