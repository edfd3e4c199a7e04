import type { ComponentChildren } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { useRoute } from "preact-iso";
import { formatCount, formatDuration, formatNumber } from "../../../client/src/format.js";
import { fetchSchedd, fetchSchedds } from "../api/apiRequests.ts";
import type { QueueState, Schedd } from "../api/apiTypes.ts";
import { nowSeconds } from "../live/nowSeconds.ts";
import { createRefreshable, type Refreshable } from "../live/refreshable.ts";
import { subscribeToStream } from "../live/streamSubscription.ts";
import { PhaseBar } from "../parts/Bars.tsx";
import { shortId } from "../parts/format.ts";
import { EmptyNotice, Loaded } from "../parts/Notices.tsx";
import { RelativeTime } from "../parts/Times.tsx";
import { DescriptionList, Section, View } from "../parts/View.tsx";
import { extractWorkflowId } from "./workflowCriteria.ts";

/** A TMS counts as unreachable after this many seconds without a poll. */
const POLL_OVERDUE_SECONDS = 120;

/** The view of all schedds. */
export function ScheddsView() {
  return (
    <View title="Schedds">
      <Loaded from={useRefreshable(fetchSchedds, "schedds")} what="schedds">
        {({ schedds }) =>
          schedds.length === 0 ? (
            <EmptyNotice title="No schedds yet">
              <p>A schedd appears here with its first taskforce.</p>
            </EmptyNotice>
          ) : (
            <ul class="schedds">
              {schedds.map((schedd) => (
                <ScheddCard key={schedd.schedd} schedd={schedd} />
              ))}
            </ul>
          )
        }
      </Loaded>
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
    <p>
      <b>{name}:</b> {parts.join(", ")}
      {dead > 0 && <span class="dead">⚠ {formatCount(dead, "dead letter")}</span>}
    </p>
  );
}

/** The view of one schedd. */
export function ScheddView() {
  const name = useRoute().params["name"] ?? "";
  return (
    <View title={`Schedd ${name}`}>
      <Loaded from={useRefreshable((signal) => fetchSchedd(name, signal), name)} what="the schedd">
        {({ last_poll, taskforces_by_phase, starter, stopper }) => (
          <>
            <LastPoll at={last_poll} waiting={starter.waiting + stopper.waiting} />
            <PhaseBar phases={taskforces_by_phase} />
            <ScheddQueue title="To start" queue={starter} board={`starter-${name}`} />
            <ScheddQueue title="To stop" queue={stopper} board={`stopper-${name}`} />
          </>
        )}
      </Loaded>
    </View>
  );
}

function ScheddQueue({ title, queue, board }: { title: string; queue: QueueState; board: string }) {
  const { waiting, dead_letters = [], leases = [], next = [] } = queue;
  const link = <a href={`/admin/queues/queue/${encodeURIComponent(board)}`}>Open in the Bull dashboard</a>;
  return (
    <Section title={title} aside={link}>
      <DescriptionList
        facts={[
          { name: "Waiting", value: formatNumber(waiting) },
          { name: "Longest wait", value: waiting === 0 ? "–" : formatDuration(queue.oldest_waiting_seconds) },
          { name: "Leased", value: formatNumber(queue.leased) },
          { name: "Delayed", value: formatNumber(queue.delayed) },
          { name: "Dead letters", value: formatNumber(queue.dead) },
        ]}
      />
      <TruncatedList title="Dead letters" of={queue.dead}>
        {dead_letters.map(({ taskforce_uuid, reason, timestamp }) => (
          <li key={taskforce_uuid}>
            <TaskforceLink uuid={taskforce_uuid} /> <RelativeTime at={timestamp} />
            <p class="error-text">{reason}</p>
          </li>
        ))}
      </TruncatedList>
      <TruncatedList title="Leases" of={queue.leased}>
        {leases.map(({ taskforce_uuid, since }) => (
          <li key={taskforce_uuid}>
            <TaskforceLink uuid={taskforce_uuid} /> since <RelativeTime at={since} />
          </li>
        ))}
      </TruncatedList>
      <TruncatedList title="Next" of={waiting}>
        {next.map((uuid) => (
          <li key={uuid}>
            <TaskforceLink uuid={uuid} />
          </li>
        ))}
      </TruncatedList>
    </Section>
  );
}

function TruncatedList({ title, of, children }: { title: string; of: number; children: ComponentChildren[] }) {
  if (children.length === 0) return null;
  return (
    <div class="listing">
      <h3>
        {title}
        {children.length < of && (
          <span class="quiet-text">
            {" "}
            first {children.length} of {of}
          </span>
        )}
      </h3>
      <ol>{children}</ol>
    </div>
  );
}

/** A link from a taskforce to its workflow. */
function TaskforceLink({ uuid }: { uuid: string }) {
  const workflowId = extractWorkflowId(uuid);
  return (
    <a href={`/workflows/${workflowId}`} title={uuid}>
      <code>{shortId(uuid)}</code> of <code>{workflowId}</code>
    </a>
  );
}

/** Time of a TMS's last poll in epoch seconds, with a warning. @param waiting number of taskforces that wait for the TMS */
function LastPoll({ at, waiting }: { at: number | null; waiting: number }) {
  const isOverdue = waiting > 0 && (at === null || nowSeconds.value - at > POLL_OVERDUE_SECONDS);
  return (
    <p class={isOverdue ? "overdue" : "quiet-text"}>
      {isOverdue && <span aria-hidden="true">⚠ </span>}
      {at === null ? (
        "No TMS has polled yet"
      ) : (
        <>
          Last TMS poll <RelativeTime at={at} />
        </>
      )}
      {isOverdue && ", while taskforces are waiting"}
    </p>
  );
}

/** Polls a value without a stream of events while the component is mounted. @param key identifies the value */
function useRefreshable<T>(load: (signal: AbortSignal) => Promise<T>, key: string): Refreshable<T> {
  // `load` is a new function at each render.
  const refreshable = useMemo(() => createRefreshable(load), [key]);
  useEffect(() => {
    const unsubscribe = subscribeToStream(undefined, { reload: refreshable.refresh, on: {} });
    return () => {
      unsubscribe();
      refreshable.dispose();
    };
  }, [refreshable]);
  return refreshable;
}
