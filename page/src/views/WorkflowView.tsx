import { useEffect, useMemo, useState } from "preact/hooks";
import { useRoute } from "preact-iso";
import { formatNumber, imageName } from "../../../client/src/format.js";
import { ErrorsCard } from "../errors/ErrorsCard.tsx";
import { TaskGraph } from "../graph/TaskGraph.tsx";
import { PhaseBar } from "../parts/Bars.tsx";
import { FindingList } from "../parts/Findings.tsx";
import { JsonButton } from "../parts/Json.tsx";
import { Loaded } from "../parts/Notices.tsx";
import { PagedList } from "../parts/Pager.tsx";
import { RelativeTime, Timestamp } from "../parts/Times.tsx";
import { DescriptionList, Section, View } from "../parts/View.tsx";
import { isOperator, mayChangeWorkflows } from "../session/permissions.ts";
import { WorkerStatuses } from "../statuses/Statuses.tsx";
import { RetryButton, WorkflowActions } from "./Actions.tsx";
import { StateBadge } from "./StateBadge.tsx";
import { hasStrayClusters, StrayClusters } from "./StrayClusters.tsx";
import { Taskforces } from "./Taskforces.tsx";
import { subscribeToWorkflow, type WorkflowViewState } from "./workflowSubscription.ts";

/** Maximum number of buttons for task directives. */
const MAX_TASK_BUTTONS = 30;

/** The view of one workflow. */
export function WorkflowView() {
  const id = useRoute().params["id"] ?? "";
  const subscription = useMemo(() => subscribeToWorkflow(id), [id]);
  useEffect(() => subscription.dispose, [subscription]);
  const [message, setMessage] = useState("");
  const onDone = (done: string) => {
    setMessage(done);
    subscription.state.refresh();
  };
  const heading = (
    <>
      Workflow <code>{id}</code>
    </>
  );
  return (
    <View title={`Workflow ${id}`} heading={heading}>
      <p class="message" role="status">
        {message}
      </p>
      <Loaded from={subscription.state} what="the workflow">
        {(state) => (
          <>
            <WorkflowHeader state={state} onDone={onDone} />
            {hasStrayClusters(state.summary.findings) && <StrayClusters of={{ workflow_id: id }} onDone={onDone} />}
            <Section title="Tasks and queues">
              <TaskGraph
                tasks={state.tasks}
                summary={state.summary}
                queues={state.queues}
                rates={subscription.rates.value}
                selected={subscription.selectedTaskIds.value}
                select={(tasks) => {
                  subscription.selectedTaskIds.value = tasks;
                }}
              />
            </Section>
            <Section title="Workers">
              <PagedList what="tasks" list={state.summary.tasks} listClass="groups task-workers">
                {({ task_id, task_image, compound_statuses }) => (
                  <li key={task_id}>
                    <h3 title={task_image}>
                      {imageName(task_image)} <code>{task_id}</code>
                    </h3>
                    <WorkerStatuses statuses={compound_statuses} />
                  </li>
                )}
              </PagedList>
            </Section>
            <Taskforces subscription={subscription} summary={state.summary} />
            <ErrorsCard summary={state.summary} filter={{ workflow_id: id }} isNarrowed={false} />
            <RawObjects state={state} />
          </>
        )}
      </Loaded>
    </View>
  );
}

type WorkflowHeaderProps = { state: WorkflowViewState; onDone: (message: string) => void };

function WorkflowHeader({ state: { workflow, summary, tasks }, onDone }: WorkflowHeaderProps) {
  const { deactivated, deactivated_ts } = workflow;
  const { last_change } = summary;
  const endLabel = deactivated === "ABORTED" ? "Aborted" : "Finished";
  return (
    <>
      <div class="section-head">
        <StateBadge deactivated={deactivated} phases={summary.taskforces_by_phase} findings={summary.findings} />
        {deactivated === null && mayChangeWorkflows && (
          <WorkflowActions summary={summary} tasks={tasks} onDone={onDone} />
        )}
      </div>
      <FindingList
        findings={summary.findings}
        button={({ code }) =>
          code === "dead-letters" && isOperator && <RetryButton workflow={workflow.workflow_id} onDone={onDone} />
        }
      />
      <DescriptionList
        facts={[
          { name: "Created", value: <Timestamp at={workflow.timestamp} /> },
          ...(deactivated_ts === null ? [] : [{ name: endLabel, value: <Timestamp at={deactivated_ts} /> }]),
          { name: "Last change", value: last_change === null ? "none" : <RelativeTime at={last_change} /> },
          { name: "Priority", value: formatNumber(workflow.priority) },
          { name: "Taskforces", value: formatNumber(summary.n_taskforces) },
          { name: "Workers requested", value: formatNumber(summary.n_workers_requested) },
        ]}
      />
      <PhaseBar phases={summary.taskforces_by_phase} />
    </>
  );
}

function RawObjects({ state: { workflow, tasks } }: { state: WorkflowViewState }) {
  const id = workflow.workflow_id;
  return (
    <Section title="Raw objects">
      <div class="buttons">
        <JsonButton path={`/v1/workflows/${id}`} label="Workflow" />
        <JsonButton path={`/v1/workflows/${id}/summary`} label="Summary" />
        {tasks.slice(0, MAX_TASK_BUTTONS).map(({ task_id }, n) => (
          <JsonButton key={task_id} path={`/v1/task-directives/${task_id}`} label={`Task directive ${n + 1}`} />
        ))}
      </div>
    </Section>
  );
}
