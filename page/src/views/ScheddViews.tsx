import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { useRoute } from "preact-iso";
import { formatCount, formatDuration, formatNumber } from "../../../client/src/format.js";
import { fetchSchedd, fetchScheddDiagnosis, fetchSchedds, fetchServiceDiagnosis } from "../api/apiRequests.ts";
import type { Finding, QueueState, Schedd, UnknownPoll } from "../api/apiTypes.ts";
import { useRefreshable } from "../live/useRefreshable.ts";
import { PhaseBar } from "../parts/Bars.tsx";
import { FindingList } from "../parts/Findings.tsx";
import { EmptyNotice, Loaded } from "../parts/Notices.tsx";
import { queueUrl, scheddQueueName } from "../parts/queueLinks.ts";
import { Table } from "../parts/Table.tsx";
import { RelativeTime } from "../parts/Times.tsx";
import { DescriptionList, Section, View } from "../parts/View.tsx";
import { hrefOf } from "../paths/basePath.ts";
import { isOperator } from "../session/permissions.ts";
import { hasStrayClusters, StrayClusters } from "./StrayClusters.tsx";
import { TaskforceLink } from "./TaskforceLink.tsx";

/** The schedds, and the findings about them. */
async function loadSchedds(signal: AbortSignal) {
  const [list, { findings }] = await Promise.all([fetchSchedds(signal), fetchServiceDiagnosis(signal)]);
  return { ...list, findings };
}

/** The view of all schedds. */
export function ScheddsView() {
  return (
    <View title="Schedds">
      <Loaded from={useRefreshable(loadSchedds, "schedds")} what="schedds">
        {({ schedds, unknown_polls, findings }) => (
          <>
            {schedds.length === 0 && (
              <EmptyNotice title="No schedds yet">
                <p>A schedd appears here with its first taskforce.</p>
              </EmptyNotice>
            )}
            <ul class="schedds">
              {schedds.map((schedd) => (
                <ScheddCard
                  key={schedd.schedd}
                  schedd={schedd}
                  findings={findings.filter(({ subject }) => subject.kind === "schedd" && subject.id === schedd.schedd)}
                />
              ))}
            </ul>
            {unknown_polls.length > 0 && <UnknownPolls polls={unknown_polls} />}
          </>
        )}
      </Loaded>
    </View>
  );
}

/** Polls for names that are no schedds: one may be misspelled. */
const UnknownPolls = ({ polls }: { polls: readonly UnknownPoll[] }) => (
  <Section title="Polls for unknown schedds">
    <p class="quiet-text">
      These names are not configured and never had a taskforce. Correct them in the settings of the TMS, or configure
      them.
    </p>
    <Table
      label="Polls for unknown schedds"
      rows={polls}
      keyOf={({ schedd }) => schedd}
      columns={[
        { name: "Name", value: ({ schedd }) => <code>{schedd}</code> },
        { name: "Polls since", value: ({ first_poll }) => <RelativeTime at={first_poll} /> },
        { name: "Last poll", value: ({ last_poll }) => <RelativeTime at={last_poll} /> },
      ]}
    />
  </Section>
);

function ScheddCard({ schedd: state, findings }: { schedd: Schedd; findings: readonly Finding[] }) {
  const { schedd, last_poll, taskforces_by_phase, starter, stopper } = state;
  return (
    <li class="card">
      <h2>
        <a href={hrefOf(`/schedds/${encodeURIComponent(schedd)}`)}>{schedd}</a>
      </h2>
      <FindingList findings={findings} />
      <LastPoll at={last_poll} />
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
  const load = async (signal: AbortSignal) => {
    const [state, { findings }] = await Promise.all([fetchSchedd(name, signal), fetchScheddDiagnosis(name, signal)]);
    return { ...state, findings };
  };
  const schedd = useRefreshable(load, name);
  const [message, setMessage] = useState("");
  const onDone = (done: string) => {
    setMessage(done);
    schedd.refresh();
  };
  return (
    <View title={`Schedd ${name}`}>
      <p class="message" role="status">
        {message}
      </p>
      <Loaded from={schedd} what="the schedd">
        {({ last_poll, taskforces_by_phase, starter, stopper, findings }) => (
          <>
            <FindingList findings={findings} />
            <LastPoll at={last_poll} />
            <PhaseBar phases={taskforces_by_phase} />
            {hasStrayClusters(findings) && <StrayClusters of={{ schedd: name }} onDone={onDone} />}
            <ScheddQueue title="To start" queue={starter} name={scheddQueueName("starter", name)} />
            <ScheddQueue title="To stop" queue={stopper} name={scheddQueueName("stopper", name)} />
          </>
        )}
      </Loaded>
    </View>
  );
}

function ScheddQueue({ title, queue, name }: { title: string; queue: QueueState; name: string }) {
  const { waiting, dead_letters = [], leases = [], next = [] } = queue;
  const link = isOperator && <a href={queueUrl(name)}>Open in the Bull dashboard</a>;
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

/** Time of a TMS's last poll in epoch seconds. */
const LastPoll = ({ at }: { at: number | null }) => (
  <p class="quiet-text">
    {at === null ? (
      "No TMS has polled yet"
    ) : (
      <>
        Last TMS poll <RelativeTime at={at} />
      </>
    )}
  </p>
);
