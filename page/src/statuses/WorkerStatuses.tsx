import type { CompoundStatuses } from "../api/apiTypes.ts";
import { Swatch } from "../parts/PhaseBar.tsx";
import { Stack } from "../parts/StackedBar.tsx";
import { number } from "../parts/format.ts";
import { countKinds, groupsOf, KINDS, nameOf } from "../parts/workerGroups.ts";

/** Workers by HTCondor and pilot status: a bar of their kinds, and every pair of statuses in words. */
export function Workers({ statuses }: { statuses: CompoundStatuses }) {
  const groups = groupsOf(statuses);
  if (groups.length === 0) return <p class="quiet-text">No worker has been reported yet.</p>;
  const counts = countKinds(statuses);
  return (
    <div class="workers">
      <Stack
        height={18}
        parts={KINDS.map((kind) => ({ look: kind, n: counts[kind] })).filter(({ n }) => n > 0)}
      />
      <ul class="legend">
        {groups.map((group) => (
          <li key={`${group.condor} ${group.pilot}`}>
            <Swatch look={group.kind} />
            <b>{number(group.n)}</b> {nameOf(group)}
          </li>
        ))}
      </ul>
    </div>
  );
}
