import { readSchedds } from "../api/apiRequests.ts";
import type { QueueState, Schedd } from "../api/apiTypes.ts";
import { Empty, Loading, Refused } from "../parts/Notices.tsx";
import { PhaseBar } from "../parts/PhaseBar.tsx";
import { View } from "../parts/View.tsx";
import { counted, duration, number } from "../parts/format.ts";
import { LastPoll } from "./LastPoll.tsx";
import { useLatest } from "./useRefreshable.ts";

/** The page of all access points. */
export function ScheddsView() {
  const { value, refusal } = useLatest(readSchedds, "schedds");
  const schedds = value.value?.schedds;
  return (
    <View title="Schedds">
      {schedds === undefined &&
        (refusal.value ? <Refused refusal={refusal.value} /> : <Loading what="schedds" />)}
      {schedds?.length === 0 && (
        <Empty title="No schedds yet">
          <p>An access point appears here with its first taskforce.</p>
        </Empty>
      )}
      {schedds !== undefined && schedds.length > 0 && (
        <ul class="schedds">
          {schedds.map((schedd) => (
            <Card key={schedd.schedd} schedd={schedd} />
          ))}
        </ul>
      )}
    </View>
  );
}

function Card({ schedd: { schedd, last_poll, taskforces_by_phase, starter, stopper } }: { schedd: Schedd }) {
  return (
    <li class="card">
      <h2>
        <a href={`/schedds/${encodeURIComponent(schedd)}`}>{schedd}</a>
      </h2>
      <LastPoll at={last_poll} waiting={starter.waiting + stopper.waiting} />
      <Depth name="To start" queue={starter} />
      <Depth name="To stop" queue={stopper} />
      <PhaseBar phases={taskforces_by_phase} />
    </li>
  );
}

function Depth({ name, queue }: { name: string; queue: QueueState }) {
  const { waiting, leased, delayed, dead, oldest_waiting_seconds } = queue;
  const parts = [`${number(waiting)} waiting`, `${number(leased)} leased`];
  if (delayed > 0) parts.push(`${number(delayed)} delayed`);
  if (waiting > 0) parts.push(`longest ${duration(oldest_waiting_seconds)}`);
  return (
    <p class="depth">
      <b>{name}:</b> {parts.join(", ")}
      {dead > 0 && <span class="dead">⚠ {counted(dead, "dead letter")}</span>}
    </p>
  );
}
