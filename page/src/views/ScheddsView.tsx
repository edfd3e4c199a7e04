import { formatCount, formatDuration, formatNumber } from "../../../client/src/format.js";
import { fetchSchedds } from "../api/apiRequests.ts";
import type { QueueState, Schedd } from "../api/apiTypes.ts";
import { EmptyNotice, ErrorNotice, LoadingNotice } from "../parts/Notices.tsx";
import { PhaseBar } from "../parts/PhaseBar.tsx";
import { View } from "../parts/View.tsx";
import { LastPoll } from "./LastPoll.tsx";
import { useRefreshable } from "./useRefreshable.ts";

/** The view of all schedds. */
export function ScheddsView() {
  const { value, error } = useRefreshable(fetchSchedds, "schedds");
  const schedds = value.value?.schedds;
  return (
    <View title="Schedds">
      {schedds === undefined && (error.value ? <ErrorNotice error={error.value} /> : <LoadingNotice what="schedds" />)}
      {schedds?.length === 0 && (
        <EmptyNotice title="No schedds yet">
          <p>A schedd appears here with its first taskforce.</p>
        </EmptyNotice>
      )}
      {schedds !== undefined && schedds.length > 0 && (
        <ul class="schedds">
          {schedds.map((schedd) => (
            <ScheddCard key={schedd.schedd} schedd={schedd} />
          ))}
        </ul>
      )}
    </View>
  );
}

function ScheddCard({ schedd: { schedd, last_poll, taskforces_by_phase, starter, stopper } }: { schedd: Schedd }) {
  return (
    <li class="card">
      <h2>
        <a href={`/schedds/${encodeURIComponent(schedd)}`}>{schedd}</a>
      </h2>
      <LastPoll at={last_poll} waiting={starter.waiting + stopper.waiting} />
      <QueueDepth name="To start" queue={starter} />
      <QueueDepth name="To stop" queue={stopper} />
      <PhaseBar phases={taskforces_by_phase} />
    </li>
  );
}

function QueueDepth({ name, queue }: { name: string; queue: QueueState }) {
  const { waiting, leased, delayed, dead, oldest_waiting_seconds } = queue;
  const parts = [`${formatNumber(waiting)} waiting`, `${formatNumber(leased)} leased`];
  if (delayed > 0) parts.push(`${formatNumber(delayed)} delayed`);
  if (waiting > 0) parts.push(`longest wait ${formatDuration(oldest_waiting_seconds)}`);
  return (
    <p class="depth">
      <b>{name}:</b> {parts.join(", ")}
      {dead > 0 && <span class="dead">⚠ {formatCount(dead, "dead letter")}</span>}
    </p>
  );
}
