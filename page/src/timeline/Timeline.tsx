import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { formatCount, formatDuration } from "../../../client/src/format.js";
import { PHASE_LABELS } from "../../../client/src/phases.js";
import type { Phase, Taskforce } from "../api/apiTypes.ts";
import { nowSeconds } from "../live/nowSeconds.ts";
import { PatternedRect, PhaseBadge } from "../parts/Bars.tsx";
import { CopyButton } from "../parts/Copy.tsx";
import { shortId } from "../parts/format.ts";
import { Pager, ROWS_PER_PAGE } from "../parts/Pager.tsx";

interface TimelineProps {
  rows: readonly Taskforce[];
  more: boolean;
  /** @returns whether more rows were loaded */
  loadMore: () => Promise<boolean>;
  /** The address at which the details of a row are open; of the open one, at which they are closed. */
  linkOf: (uuid: string) => string;
  /** The row with details. */
  opened: string | undefined;
  details: ComponentChildren;
}

/** The phases of taskforces on one time axis, a page of rows at a time. */
export function Timeline({ rows, more, loadMore, linkOf, opened, details }: TimelineProps) {
  const [requestedFirst, setFirst] = useState(0);
  const openedAt = opened === undefined ? -1 : rows.findIndex(({ taskforce_uuid }) => taskforce_uuid === opened);
  useEffect(() => {
    if (openedAt !== -1) setFirst(openedAt - (openedAt % ROWS_PER_PAGE));
  }, [opened, openedAt === -1]);
  // A reload may return fewer rows.
  const first = Math.min(requestedFirst, Math.max(0, rows.length - 1 - ((rows.length - 1) % ROWS_PER_PAGE)));
  const shown = rows.slice(first, first + ROWS_PER_PAGE);
  const now = nowSeconds.value;
  const spans = shown.flatMap((row) => phaseSpans(row, now));
  const start = Math.min(...spans.map(({ from }) => from));
  const length = Math.max(1, Math.max(...spans.map(({ to }) => to)) - start);
  const goToRow = async (to: number) => {
    const isLoaded = to < rows.length || (await loadMore());
    // Further rows first fill an incomplete page.
    if (isLoaded && to <= rows.length) setFirst(to);
  };
  return (
    <>
      <div class="timeline">
        <Axis length={length} />
        <ol>
          {shown.map((row) => (
            <TimelineRow
              key={row.taskforce_uuid}
              row={row}
              start={start}
              length={length}
              now={now}
              link={linkOf(row.taskforce_uuid)}
              details={row.taskforce_uuid === opened ? details : undefined}
            />
          ))}
        </ol>
      </div>
      <Pager what="taskforces" first={first} total={rows.length} more={more} go={(to) => void goToRow(to)} />
    </>
  );
}

function Axis({ length }: { length: number }) {
  return (
    <div class="axis" aria-hidden="true">
      <svg width="100%" height="20">
        {axisTicks(length, 6).map((seconds) => (
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

interface TimelineRowProps {
  row: Taskforce;
  start: number;
  length: number;
  now: number;
  link: string;
  /** Undefined: they are closed. */
  details: ComponentChildren;
}

function TimelineRow({ row, start, length, now, link, details }: TimelineRowProps) {
  const spans = phaseSpans(row, now);
  const failures = row.phase_change_log.filter(({ was_successful }) => !was_successful);
  const xPercent = (seconds: number) => `${(100 * (seconds - start)) / length}%`;
  const descriptions = spans.map(({ phase, from, to }) => `${PHASE_LABELS[phase]} ${formatDuration(to - from)}`);
  if (failures.length > 0) descriptions.push(formatCount(failures.length, "failed attempt"));
  return (
    <li class={details === undefined ? "timeline-row" : "timeline-row is-open"} id={row.taskforce_uuid}>
      <span class="row-name">
        <a href={link} title={row.taskforce_uuid} aria-expanded={details !== undefined}>
          <code>{shortId(row.taskforce_uuid)}</code>
        </a>{" "}
        <span class="small-text">{row.schedd}</span>
      </span>
      <span class="row-phase">
        <PhaseBadge phase={row.phase} />
        <CopyButton text={row.taskforce_uuid} what={`the id ${shortId(row.taskforce_uuid)}`} />
      </span>
      <svg class="row-spans" width="100%" height="22" role="img" aria-label={descriptions.join(", ")}>
        {spans.map(({ phase, from, to }) => (
          <g key={from}>
            <title>{`${phase}: ${formatDuration(to - from)}`}</title>
            <PatternedRect
              fill={phase}
              x={xPercent(from)}
              y="3"
              width={`${Math.max(0.4, (100 * (to - from)) / length)}%`}
              height="16"
              rx="2"
            />
          </g>
        ))}
        {failures.map(({ timestamp }) => (
          <g key={timestamp}>
            <title>a failed attempt</title>
            <svg class="failure" x={xPercent(timestamp)} y="0" width="10" height="22" overflow="visible">
              <path d="M-5 1L5 1L0 9z" />
            </svg>
          </g>
        ))}
      </svg>
      {row.cluster_id !== null && (
        <span class="row-cluster small-text" title={row.job_event_log_fpath}>
          cluster {row.cluster_id} {row.job_event_log_fpath}
        </span>
      )}
      {details}
    </li>
  );
}

/** The phases of a taskforce, oldest first; times are epoch seconds. The current phase ends now, unless it is final. */
function phaseSpans({ phase_change_log: log }: Taskforce, now: number): { phase: Phase; from: number; to: number }[] {
  const changes = log.filter(({ was_successful }) => was_successful);
  return changes.map(({ target_phase: phase, timestamp: from }, n) => {
    const next = changes[n + 1]?.timestamp;
    return { phase, from, to: next ?? (phase === "condor-complete" ? from : Math.max(now, from)) };
  });
}

/** Round steps of an axis in seconds. */
const TICK_STEP_SECONDS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400];

/** Positions of an axis' ticks in seconds after its start. */
function axisTicks(lengthSeconds: number, maxTicks: number): number[] {
  const step =
    TICK_STEP_SECONDS.find((s) => lengthSeconds / s <= maxTicks) ?? 86400 * Math.ceil(lengthSeconds / 86400 / maxTicks);
  return Array.from({ length: Math.floor(lengthSeconds / step) + 1 }, (_, n) => n * step);
}
