import { formatNumber } from "../../../client/src/format.js";
import type { FailedAttempt } from "../api/apiTypes.ts";
import { shortId } from "../parts/format.ts";
import { RelativeTime } from "../parts/Times.tsx";

/** The newest failed attempts with their reasons. @param total number of all failed attempts */
export function Failures({ attempts, total }: { attempts: readonly FailedAttempt[]; total: number }) {
  return (
    <>
      <ol class="failures">
        {attempts.map(({ taskforce_uuid, schedd, target_phase, timestamp, context, source_entity }) => (
          <li key={`${taskforce_uuid} ${timestamp}`}>
            <p class="failure-head">
              <code>{target_phase}</code> of <code title={taskforce_uuid}>{shortId(taskforce_uuid)}</code>
              {schedd && ` at ${schedd}`}, <RelativeTime at={timestamp} />
            </p>
            <p>
              {context} <span class="quiet-text">({source_entity})</span>
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
