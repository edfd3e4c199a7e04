import { useState } from "preact/hooks";
import { formatCount, formatDuration } from "../../../client/src/format.js";
import { PHASE_LABELS } from "../../../client/src/phases.js";
import type { Taskforce } from "../api/apiTypes.ts";
import { nowSeconds } from "../live/nowSeconds.ts";
import { shortId } from "../parts/format.ts";
import { JsonButton } from "../parts/Json.tsx";
import { Pager, ROWS_PER_PAGE } from "../parts/Pager.tsx";
import { PhaseBadge } from "../parts/PhaseBar.tsx";
import { axisTicks, failedAttemptTimes, phaseSpans } from "./phaseSpans.ts";

const MAX_TICKS = 6;

/** The phases of taskforces on one time axis, a page of rows at a time. */
export function Timeline({
  rows,
  more,
  loadMore,
}: {
  rows: readonly Taskforce[];
  more: boolean;
  /** @returns whether more rows were loaded */
  loadMore: () => Promise<boolean>;
}) {
  const [requestedFirst, setFirst] = useState(0);
  // A reload may return fewer rows.
  const first = Math.min(requestedFirst, Math.max(0, rows.length - 1 - ((rows.length - 1) % ROWS_PER_PAGE)));
  const shown = rows.slice(first, first + ROWS_PER_PAGE);
  const now = nowSeconds.value;
  const spans = shown.flatMap((row) => phaseSpans(row, now));
  const startSeconds = Math.min(...spans.map(({ from }) => from));
  const lengthSeconds = Math.max(1, Math.max(...spans.map(({ to }) => to)) - startSeconds);
  const goToRow = async (to: number) => {
    const isLoaded = to < rows.length || (await loadMore());
    if (isLoaded) setFirst(to);
  };
  const axis = { begin: startSeconds, length: lengthSeconds, now };
  return (
    <>
      <div class="timeline">
        <Axis length={lengthSeconds} />
        <ol>
          {shown.map((row) => (
            <TimelineRow key={row.taskforce_uuid} row={row} {...axis} />
          ))}
        </ol>
      </div>
      <Pager what="taskforces" first={first} total={rows.length} more={more} go={(to) => void goToRow(to)} />
    </>
  );
}

function Axis({ length }: { length: number }) {
  const marks = axisTicks(length, MAX_TICKS);
  return (
    <div class="axis" aria-hidden="true">
      <svg width="100%" height="20">
        {marks.map((seconds) => (
          <text key={seconds} x={`${(100 * seconds) / length}%`} y="14" text-anchor={textAnchor(seconds / length)}>
            {seconds === 0 ? "start" : `+${formatDuration(seconds)}`}
          </text>
        ))}
      </svg>
    </div>
  );
}

const textAnchor = (share: number): "start" | "middle" | "end" =>
  share < 0.04 ? "start" : share > 0.94 ? "end" : "middle";

function TimelineRow({ row, begin, length, now }: { row: Taskforce; begin: number; length: number; now: number }) {
  const spans = phaseSpans(row, now);
  const failures = failedAttemptTimes(row);
  const xPercent = (seconds: number) => `${(100 * (seconds - begin)) / length}%`;
  const widthPercent = (seconds: number) => `${Math.max(0.4, (100 * seconds) / length)}%`;
  const descriptions = spans.map(({ phase, from, to }) => `${PHASE_LABELS[phase]} ${formatDuration(to - from)}`);
  if (failures.length > 0) descriptions.push(formatCount(failures.length, "failed attempt"));
  return (
    <li class="timeline-row">
      <span class="row-name" title={row.taskforce_uuid}>
        <code>{shortId(row.taskforce_uuid)}</code> <span class="schedd">{row.schedd}</span>
      </span>
      <span class="row-phase">
        <PhaseBadge phase={row.phase} />
        <JsonButton
          path={`/v1/taskforces/${row.taskforce_uuid}`}
          label={`Taskforce ${shortId(row.taskforce_uuid)}`}
          short
        />
      </span>
      <svg class="row-spans" width="100%" height="22" role="img" aria-label={descriptions.join(", ")}>
        {spans.map(({ phase, from, to }) => (
          <g key={from}>
            <title>{`${phase}: ${formatDuration(to - from)}`}</title>
            <rect
              class={`part fill-${phase}`}
              x={xPercent(from)}
              y="3"
              width={widthPercent(to - from)}
              height="16"
              rx="2"
            />
            <rect
              class={`pattern pattern-${phase}`}
              x={xPercent(from)}
              y="3"
              width={widthPercent(to - from)}
              height="16"
              rx="2"
            />
          </g>
        ))}
        {failures.map((time) => (
          <g key={time}>
            <title>a failed attempt</title>
            <svg class="failure" x={xPercent(time)} y="0" width="10" height="22" overflow="visible">
              <path d="M-5 1L5 1L0 9z" />
            </svg>
          </g>
        ))}
      </svg>
    </li>
  );
}
