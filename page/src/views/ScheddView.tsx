import type { ComponentChildren } from "preact";
import { useRoute } from "preact-iso";
import { formatDuration, formatNumber } from "../../../client/src/format.js";
import { fetchSchedd } from "../api/apiRequests.ts";
import type { QueueState } from "../api/apiTypes.ts";
import { shortId } from "../parts/format.ts";
import { ErrorNotice, LoadingNotice } from "../parts/Notices.tsx";
import { PhaseBar } from "../parts/PhaseBar.tsx";
import { DescriptionList, Section } from "../parts/Section.tsx";
import { RelativeTime } from "../parts/Times.tsx";
import { View } from "../parts/View.tsx";
import { LastPoll } from "./LastPoll.tsx";
import { useRefreshable } from "./useRefreshable.ts";
import { extractWorkflowId } from "./workflowCriteria.ts";

/** The view of one schedd. */
export function ScheddView() {
  const name = useRoute().params["name"] ?? "";
  const { value, error } = useRefreshable(() => fetchSchedd(name), name);
  const schedd = value.value;
  return (
    <View title={`Schedd ${name}`}>
      {schedd === undefined &&
        (error.value ? <ErrorNotice error={error.value} /> : <LoadingNotice what="the schedd" />)}
      {schedd !== undefined && (
        <>
          <LastPoll at={schedd.last_poll} waiting={schedd.starter.waiting + schedd.stopper.waiting} />
          <PhaseBar phases={schedd.taskforces_by_phase} />
          <ScheddQueue title="To start" queue={schedd.starter} board={`starter-${name}`} />
          <ScheddQueue title="To stop" queue={schedd.stopper} board={`stopper-${name}`} />
        </>
      )}
    </View>
  );
}

function ScheddQueue({ title, queue, board }: { title: string; queue: QueueState; board: string }) {
  const { dead_letters = [], leases = [], next = [] } = queue;
  const link = <a href={`/admin/queues/queue/${encodeURIComponent(board)}`}>Open in the Bull dashboard</a>;
  return (
    <Section title={title} aside={link}>
      <DescriptionList
        facts={[
          { name: "Waiting", value: formatNumber(queue.waiting) },
          {
            name: "Longest wait",
            value: queue.waiting === 0 ? "–" : formatDuration(queue.oldest_waiting_seconds),
          },
          { name: "Leased", value: formatNumber(queue.leased) },
          { name: "Delayed", value: formatNumber(queue.delayed) },
          { name: "Dead letters", value: formatNumber(queue.dead) },
        ]}
      />
      {dead_letters.length > 0 && (
        <TruncatedList title="Dead letters" of={queue.dead}>
          {dead_letters.map(({ taskforce_uuid, reason, timestamp }) => (
            <li key={taskforce_uuid}>
              <TaskforceLink uuid={taskforce_uuid} /> <RelativeTime at={timestamp} />
              <p>{reason}</p>
            </li>
          ))}
        </TruncatedList>
      )}
      {leases.length > 0 && (
        <TruncatedList title="Leases" of={queue.leased}>
          {leases.map(({ taskforce_uuid, since }) => (
            <li key={taskforce_uuid}>
              <TaskforceLink uuid={taskforce_uuid} /> since <RelativeTime at={since} />
            </li>
          ))}
        </TruncatedList>
      )}
      {next.length > 0 && (
        <TruncatedList title="Next" of={queue.waiting}>
          {next.map((uuid) => (
            <li key={uuid}>
              <TaskforceLink uuid={uuid} />
            </li>
          ))}
        </TruncatedList>
      )}
    </Section>
  );
}

function TruncatedList({ title, of, children }: { title: string; of: number; children: ComponentChildren[] }) {
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
  return (
    <a href={`/workflows/${extractWorkflowId(uuid) ?? ""}`} title={uuid}>
      <code>{shortId(uuid)}</code> of <code>{extractWorkflowId(uuid)}</code>
    </a>
  );
}
