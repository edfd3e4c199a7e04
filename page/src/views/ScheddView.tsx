import type { ComponentChildren } from "preact";
import { useRoute } from "preact-iso";
import { readSchedd } from "../api/apiRequests.ts";
import type { QueueState } from "../api/apiTypes.ts";
import { Loading, Refused } from "../parts/Notices.tsx";
import { PhaseBar } from "../parts/PhaseBar.tsx";
import { Facts, Section } from "../parts/Section.tsx";
import { Ago } from "../parts/Times.tsx";
import { View } from "../parts/View.tsx";
import { duration, number, shortId } from "../parts/format.ts";
import { workflowIdIn } from "./workflowCriteria.ts";
import { LastPoll } from "./LastPoll.tsx";
import { useLatest } from "./useRefreshable.ts";

/** The page of one access point. */
export function ScheddView() {
  const name = useRoute().params["name"] ?? "";
  const { value, refusal } = useLatest(() => readSchedd(name), name);
  const schedd = value.value;
  return (
    <View title={`Schedd ${name}`}>
      {schedd === undefined &&
        (refusal.value ? <Refused refusal={refusal.value} /> : <Loading what="the schedd" />)}
      {schedd !== undefined && (
        <>
          <LastPoll at={schedd.last_poll} waiting={schedd.starter.waiting + schedd.stopper.waiting} />
          <PhaseBar phases={schedd.taskforces_by_phase} />
          <Queue title="To start" queue={schedd.starter} board={`starter-${name}`} />
          <Queue title="To stop" queue={schedd.stopper} board={`stopper-${name}`} />
        </>
      )}
    </View>
  );
}

function Queue({ title, queue, board }: { title: string; queue: QueueState; board: string }) {
  const { dead_letters = [], leases = [], next = [] } = queue;
  const link = <a href={`/admin/queues/queue/${encodeURIComponent(board)}`}>Open in the Bull dashboard</a>;
  return (
    <Section title={title} aside={link}>
      <Facts
        facts={[
          { name: "Waiting", value: number(queue.waiting) },
          { name: "Longest", value: queue.waiting === 0 ? "–" : duration(queue.oldest_waiting_seconds) },
          { name: "Leased", value: number(queue.leased) },
          { name: "Delayed", value: number(queue.delayed) },
          { name: "Dead letters", value: number(queue.dead) },
        ]}
      />
      {dead_letters.length > 0 && (
        <Listing title="Dead letters" of={queue.dead}>
          {dead_letters.map(({ taskforce_uuid, reason, timestamp }) => (
            <li key={taskforce_uuid}>
              <TaskforceLink uuid={taskforce_uuid} /> <Ago at={timestamp} />
              <p>{reason}</p>
            </li>
          ))}
        </Listing>
      )}
      {leases.length > 0 && (
        <Listing title="Leases" of={queue.leased}>
          {leases.map(({ taskforce_uuid, since }) => (
            <li key={taskforce_uuid}>
              <TaskforceLink uuid={taskforce_uuid} /> since <Ago at={since} />
            </li>
          ))}
        </Listing>
      )}
      {next.length > 0 && (
        <Listing title="Handed out next" of={queue.waiting}>
          {next.map((uuid) => (
            <li key={uuid}>
              <TaskforceLink uuid={uuid} />
            </li>
          ))}
        </Listing>
      )}
    </Section>
  );
}

function Listing({ title, of, children }: { title: string; of: number; children: ComponentChildren[] }) {
  return (
    <div class="listing">
      <h3>
        {title}
        {children.length < of && <span class="quiet-text"> the first {children.length}</span>}
      </h3>
      <ol>{children}</ol>
    </div>
  );
}

/** Leads to the workflow that a taskforce belongs to. */
function TaskforceLink({ uuid }: { uuid: string }) {
  return (
    <a href={`/workflows/${workflowIdIn(uuid) ?? ""}`} title={uuid}>
      <code>{shortId(uuid)}</code> of <code>{workflowIdIn(uuid)}</code>
    </a>
  );
}
