import { useState } from "preact/hooks";
import type { Taskforce } from "../api/apiTypes.ts";
import { clock } from "../live/nowSeconds.ts";
import { JsonButton } from "../parts/Json.tsx";
import { Pager, ROWS } from "../parts/Pager.tsx";
import { PhaseBadge } from "../parts/PhaseBar.tsx";
import { PHASE_LABELS } from "../parts/phaseLabels.ts";
import { counted, duration, shortId } from "../parts/format.ts";
import { failuresOf, spansOf, ticks } from "./phaseSpans.ts";

const MOST_TICKS = 6;

/** Stays of taskforces in their phases along one axis of time, a page of rows at a time. */
export function Timeline({
  rows,
  more,
  loadMore,
}: {
  rows: readonly Taskforce[];
  more: boolean;
  /** @returns whether there are more of them now */
  loadMore: () => Promise<boolean>;
}) {
  const [wanted, setFirst] = useState(0);
  // Read anew, there may be fewer of them.
  const first = Math.min(wanted, Math.max(0, rows.length - 1 - ((rows.length - 1) % ROWS)));
  const shown = rows.slice(first, first + ROWS);
  const now = clock.value;
  const spans = shown.flatMap((row) => spansOf(row, now));
  const begin = Math.min(...spans.map(({ from }) => from));
  const length = Math.max(1, Math.max(...spans.map(({ to }) => to)) - begin);
  const go = async (to: number) => {
    const there = to < rows.length || (await loadMore());
    if (there) setFirst(to);
  };
  const axis = { begin, length, now };
  return (
    <>
      <div class="timeline">
        <Axis length={length} />
        <ol>
          {shown.map((row) => (
            <Row key={row.taskforce_uuid} row={row} {...axis} />
          ))}
        </ol>
      </div>
      <Pager what="taskforces" first={first} total={rows.length} more={more} go={(to) => void go(to)} />
    </>
  );
}

function Axis({ length }: { length: number }) {
  const marks = ticks(length, MOST_TICKS);
  return (
    <div class="axis" aria-hidden="true">
      <svg width="100%" height="20">
        {marks.map((seconds) => (
          <text
            key={seconds}
            x={`${(100 * seconds) / length}%`}
            y="14"
            text-anchor={anchorOf(seconds / length)}
          >
            {seconds === 0 ? "start" : `+${duration(seconds)}`}
          </text>
        ))}
      </svg>
    </div>
  );
}

const anchorOf = (share: number): "start" | "middle" | "end" =>
  share < 0.04 ? "start" : share > 0.94 ? "end" : "middle";

function Row({ row, begin, length, now }: { row: Taskforce; begin: number; length: number; now: number }) {
  const spans = spansOf(row, now);
  const failures = failuresOf(row);
  const at = (seconds: number) => `${(100 * (seconds - begin)) / length}%`;
  const wide = (seconds: number) => `${Math.max(0.4, (100 * seconds) / length)}%`;
  const words = spans.map(({ phase, from, to }) => `${PHASE_LABELS[phase]} ${duration(to - from)}`);
  if (failures.length > 0) words.push(counted(failures.length, "failed attempt"));
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
      <svg class="row-spans" width="100%" height="22" role="img" aria-label={words.join(", ")}>
        {spans.map(({ phase, from, to }) => (
          <g key={from}>
            <title>{`${phase}: ${duration(to - from)}`}</title>
            <rect
              class={`part fill-${phase}`}
              x={at(from)}
              y="3"
              width={wide(to - from)}
              height="16"
              rx="2"
            />
            <rect
              class={`pattern pattern-${phase}`}
              x={at(from)}
              y="3"
              width={wide(to - from)}
              height="16"
              rx="2"
            />
          </g>
        ))}
        {failures.map((time) => (
          <g key={time}>
            <title>a failed attempt</title>
            <svg class="failure" x={at(time)} y="0" width="10" height="22" overflow="visible">
              <path d="M-5 1L5 1L0 9z" />
            </svg>
          </g>
        ))}
      </svg>
    </li>
  );
}
