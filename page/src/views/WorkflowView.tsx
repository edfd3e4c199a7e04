import { useEffect, useMemo, useState } from "preact/hooks";
import { useRoute } from "preact-iso";
import type { Summary } from "../api/apiTypes.ts";
import { TaskGraph } from "../graph/TaskGraph.tsx";
import { JsonButton } from "../parts/Json.tsx";
import { Loading, Refused } from "../parts/Notices.tsx";
import { Paged } from "../parts/PagedList.tsx";
import { PhaseBar } from "../parts/PhaseBar.tsx";
import { Facts, Section } from "../parts/Section.tsx";
import { Ago, At } from "../parts/Times.tsx";
import { View } from "../parts/View.tsx";
import { imageName, number } from "../parts/format.ts";
import { Failures } from "../statuses/Failures.tsx";
import { TopErrors } from "../statuses/TopErrors.tsx";
import { Workers } from "../statuses/WorkerStatuses.tsx";
import { Actions } from "./Actions.tsx";
import { StateBadge } from "./StateBadge.tsx";
import { Taskforces } from "./Taskforces.tsx";
import { type WatchedState, watchWorkflow } from "./workflowSubscription.ts";

/** Task directives with a button of their own; a query finds the others. */
const MOST_BUTTONS = 30;

/** The page of one workflow. */
export function WorkflowView() {
  const id = useRoute().params["id"] ?? "";
  const watched = useMemo(() => watchWorkflow(id), [id]);
  useEffect(() => watched.end, [watched]);
  const [said, say] = useState("");
  const state = watched.state.value.value;
  const refusal = watched.state.refusal.value;
  const heading = (
    <>
      Workflow <code>{id}</code>
    </>
  );
  return (
    <View title={`Workflow ${id}`} heading={heading}>
      <p class="said" role="status">
        {said}
      </p>
      {state === undefined && (refusal ? <Refused refusal={refusal} /> : <Loading what="the workflow" />)}
      {state !== undefined && (
        <>
          <Head state={state} say={say} read={watched.state.read} />
          <Section title="Tasks and queues">
            <TaskGraph
              tasks={state.tasks}
              summary={state.summary}
              queues={state.queues}
              rates={watched.rates.perMinute.value}
              chosen={watched.tasks.value}
              choose={(tasks) => {
                watched.tasks.value = tasks;
              }}
            />
          </Section>
          <Section title="Workers">
            <TaskWorkers summary={state.summary} />
          </Section>
          <Taskforces watched={watched} state={state} />
          <Section title="Top errors">
            <TopErrors errors={state.summary.top_task_errors} />
          </Section>
          {state.summary.n_failed_attempts > 0 && (
            <Section title="Failed attempts">
              <Failures attempts={state.summary.failed_attempts} total={state.summary.n_failed_attempts} />
            </Section>
          )}
          <Raw state={state} />
        </>
      )}
    </View>
  );
}

function Head({
  state: { workflow, summary, tasks },
  say,
  read,
}: {
  state: WatchedState;
  say: (said: string) => void;
  read: () => void;
}) {
  const done = (said: string) => {
    say(said);
    read();
  };
  return (
    <>
      <div class="head">
        <StateBadge deactivated={workflow.deactivated} phases={summary.taskforces_by_phase} />
        {workflow.deactivated === null && <Actions summary={summary} tasks={tasks} done={done} />}
      </div>
      {summary.waiting_for && (
        <p class="waiting">
          <b>Waiting:</b> {summary.waiting_for}
        </p>
      )}
      <Facts
        facts={[
          { name: "Created", value: <At at={workflow.timestamp} /> },
          ...(workflow.deactivated_ts === null
            ? []
            : [
                {
                  name: workflow.deactivated === "ABORTED" ? "Aborted" : "Finished",
                  value: <At at={workflow.deactivated_ts} />,
                },
              ]),
          {
            name: "Last change",
            value: summary.last_change === null ? "none" : <Ago at={summary.last_change} />,
          },
          { name: "Priority", value: number(workflow.priority) },
          { name: "Taskforces", value: number(summary.n_taskforces) },
          { name: "Workers asked for", value: number(summary.n_workers_requested) },
        ]}
      />
      <PhaseBar phases={summary.taskforces_by_phase} />
    </>
  );
}

function TaskWorkers({ summary }: { summary: Summary }) {
  return (
    <Paged what="tasks" list={summary.tasks} look="task-workers">
      {({ task_id, task_image, compound_statuses }) => (
        <li key={task_id}>
          <h3 title={task_image}>
            {imageName(task_image)} <code>{task_id}</code>
          </h3>
          <Workers statuses={compound_statuses} />
        </li>
      )}
    </Paged>
  );
}

function Raw({ state: { workflow, tasks } }: { state: WatchedState }) {
  const id = workflow.workflow_id;
  return (
    <Section title="Raw objects">
      <div class="buttons">
        <JsonButton path={`/v1/workflows/${id}`} label="Workflow" />
        <JsonButton path={`/v1/workflows/${id}/summary`} label="Summary" />
        {tasks.slice(0, MOST_BUTTONS).map(({ task_id }, n) => (
          <JsonButton
            key={task_id}
            path={`/v1/task-directives/${task_id}`}
            label={`Task directive ${n + 1}`}
          />
        ))}
      </div>
    </Section>
  );
}
