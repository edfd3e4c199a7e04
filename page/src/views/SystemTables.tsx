import { formatBytes, formatDuration, formatMilliseconds, formatNumber } from "../../../client/src/format.js";
import { isQueueInUse } from "../../../client/src/systemState.js";
import type { QueueOverview, SystemState } from "../api/apiTypes.ts";
import { orDash } from "../parts/format.ts";
import { QueueLink } from "../parts/QueueLink.tsx";
import { Table } from "../parts/Table.tsx";
import { RelativeTime, Timestamp } from "../parts/Times.tsx";

type Process = SystemState["processes"][number];

/** The live processes. */
export const ProcessTable = ({ processes }: { processes: readonly Process[] }) => (
  <Table
    label="Processes"
    rows={processes}
    keyOf={({ id }) => id}
    columns={[
      { name: "Role", value: ({ role }) => role },
      { name: "Version", value: ({ version }) => version },
      { name: "Host", value: ({ host }) => host ?? "–" },
      { name: "PID", value: ({ pid }) => pid ?? "–" },
      { name: "Started", value: ({ started }) => <RelativeTime at={started} /> },
      { name: "Seen", value: ({ seen }) => <RelativeTime at={seen} /> },
      { name: "Loop delay", value: ({ event_loop_delay_ms }) => orDash(event_loop_delay_ms, formatMilliseconds) },
      { name: "Connections", value: ({ connections }) => orDash(connections, formatNumber) },
      { name: "Memory", value: ({ rss_bytes }) => orDash(rss_bytes, formatBytes) },
      {
        name: "Clock",
        value: ({ clock_difference_seconds }) =>
          orDash(clock_difference_seconds, (seconds) => formatMilliseconds(1000 * seconds)),
      },
    ]}
  />
);

/** The queues that hold jobs or are paused, with links to the Bull dashboard. */
export function QueueTable({ queues }: { queues: readonly QueueOverview[] }) {
  const shown = queues.filter(isQueueInUse);
  if (shown.length === 0) return <p class="quiet-text">No queue holds jobs, none is paused.</p>;
  return (
    <Table
      label="Queues"
      rows={shown}
      keyOf={({ name }) => name}
      columns={[
        { name: "Queue", value: ({ name }) => <QueueLink queue={name}>{name}</QueueLink> },
        { name: "Waiting", value: ({ waiting }) => formatNumber(waiting) },
        { name: "Active", value: ({ active }) => formatNumber(active) },
        { name: "Delayed", value: ({ delayed }) => formatNumber(delayed) },
        { name: "Dead letters", value: DeadLetters },
        {
          name: "Longest wait",
          value: ({ waiting, oldest_waiting_seconds }) =>
            waiting === 0 ? "–" : orDash(oldest_waiting_seconds, formatDuration),
        },
        { name: "Paused", value: Pause },
      ]}
    />
  );
}

const DeadLetters = ({ name, dead }: QueueOverview) =>
  dead === 0 ? (
    "0"
  ) : (
    <QueueLink class="danger-text" queue={name} status="failed">
      ⚠ {formatNumber(dead)}
    </QueueLink>
  );

function Pause({ paused }: QueueOverview) {
  if (paused === false) return "–";
  const { by, since } = paused;
  return (
    <span class="danger-text">
      ⚠ by {by ?? "another tool"}
      {since !== null && (
        <>
          {" "}
          since <Timestamp at={since} />
        </>
      )}
    </span>
  );
}
