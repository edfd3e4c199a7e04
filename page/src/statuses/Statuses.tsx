import { formatNumber } from "../../../client/src/format.js";
import { countWorkersByKind, groupWorkers, WORKER_KINDS, workerGroupLabel } from "../../../client/src/workers.js";
import type { CompoundStatuses, FailedAttempt, Summary } from "../api/apiTypes.ts";
import { StackedBar, Swatch } from "../parts/Bars.tsx";
import { shortId } from "../parts/format.ts";
import { RelativeTime } from "../parts/Times.tsx";

const MAX_ERRORS = 10;

/** Workers by HTCondor and pilot status: a bar of kinds and a legend of all pairs of statuses. */
export function WorkerStatuses({ statuses }: { statuses: CompoundStatuses }) {
  const groups = groupWorkers(statuses);
  if (groups.length === 0) return <p class="quiet-text">No worker statuses reported yet.</p>;
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

/** The most frequent errors of tasks, each with its count and a bar. */
export function TopErrors({ errors }: { errors: Summary["top_task_errors"] }) {
  const sorted = Object.entries(errors).sort(([, a], [, b]) => b - a);
  const maxCount = sorted[0]?.[1] ?? 1;
  if (sorted.length === 0) return <p class="quiet-text">No task has reported an error.</p>;
  return (
    <>
      <ol class="errors">
        {sorted.slice(0, MAX_ERRORS).map(([error, count]) => (
          <li key={error}>
            <span class="error-count">{formatNumber(count)} ×</span>
            <span class="error-text">{error}</span>
            <svg width="100%" height="4" aria-hidden="true">
              <rect fill="var(--failed)" width={`${(100 * count) / maxCount}%`} height="4" rx="2" />
            </svg>
          </li>
        ))}
      </ol>
      {sorted.length > MAX_ERRORS && (
        <p class="quiet-text">and {formatNumber(sorted.length - MAX_ERRORS)} rarer ones</p>
      )}
    </>
  );
}

/** The newest failed attempts with their reasons. @param total number of all failed attempts */
export function Failures({ attempts, total }: { attempts: readonly FailedAttempt[]; total: number }) {
  return (
    <>
      <ol class="failures">
        {attempts.map(({ taskforce_uuid, schedd, target_phase, timestamp, context, source_entity }) => (
          <li key={`${taskforce_uuid} ${timestamp}`}>
            <p class="small-text">
              <code>{target_phase}</code> of <code title={taskforce_uuid}>{shortId(taskforce_uuid)}</code>
              {schedd && ` at ${schedd}`}, <RelativeTime at={timestamp} />
            </p>
            <p>
              <span class="error-text">{context}</span> <span class="quiet-text">({source_entity})</span>
            </p>
          </li>
        ))}
      </ol>
      {total > attempts.length && (
        <p class="quiet-text">
          the newest {attempts.length} of {formatNumber(total)}
        </p>
      )}
    </>
  );
}
