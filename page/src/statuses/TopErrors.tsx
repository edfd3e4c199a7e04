import { formatNumber } from "../../../client/src/format.js";
import type { ErrorCounts } from "../api/apiTypes.ts";

const MAX_ERRORS = 10;

/** The most frequent errors of tasks, each with its count and a bar. */
export function TopErrors({ errors }: { errors: ErrorCounts }) {
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
              <rect class="part fill-failed" width={`${(100 * count) / maxCount}%`} height="4" rx="2" />
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
