import { useEffect, useMemo, useState } from "preact/hooks";
import { useLocation, useRoute } from "preact-iso";
import { formatNumber } from "../../../client/src/format.js";
import { AnnotationsCard } from "../annotations/AnnotationsCard.tsx";
import { useAnnotations } from "../annotations/useAnnotations.ts";
import { Breakdown } from "../breakdown/Breakdown.tsx";
import { HistoryCharts } from "../charts/HistoryCharts.tsx";
import { ErrorsCard } from "../errors/ErrorsCard.tsx";
import { TaskGraph } from "../graph/TaskGraph.tsx";
import { tasksOfNode } from "../graph/taskGroups.ts";
import { taskName } from "../graph/taskNames.ts";
import { PhaseBar } from "../parts/Bars.tsx";
import { FindingList } from "../parts/Findings.tsx";
import { JsonButton } from "../parts/Json.tsx";
import { Loaded } from "../parts/Notices.tsx";
import { RelativeTime, Timestamp } from "../parts/Times.tsx";
import { DescriptionList, Section, View } from "../parts/View.tsx";
import { isNarrowed, parseSelection, type WorkflowSelection, workflowUrl } from "../paths/workflowAddress.ts";
import { isOperator, mayChangeWorkflows } from "../session/permissions.ts";
import { CloneLink, RetryButton, WorkflowActions } from "./Actions.tsx";
import { StateBadge } from "./StateBadge.tsx";
import { hasStrayClusters, StrayClusters } from "./StrayClusters.tsx";
import { Taskforces } from "./Taskforces.tsx";
import { subscribeToWorkflow, type WorkflowViewState } from "./workflowSubscription.ts";

/** Maximum number of buttons for task directives. */
const MAX_TASK_BUTTONS = 30;

/** The view of one workflow. */
export function WorkflowView() {
  const id = useRoute().params["id"] ?? "";
  const { url, route } = useLocation();
  const selection = useMemo(() => parseSelection(new URL(url, location.origin).search), [url]);
  const subscription = useMemo(() => subscribeToWorkflow(id, selection), [id]);
  useEffect(() => subscription.dispose, [subscription]);
  const annotations = useAnnotations(id);
  useEffect(() => {
    subscription.selection.value = selection;
  }, [subscription, selection]);
  const [message, setMessage] = useState("");
  const onDone = (done: string) => {
    setMessage(done);
    subscription.state.refresh();
  };
  const heading = (
    <>
      Workflow {annotations.value.value?.name} <code>{id}</code>
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
            <SelectionChips state={state} selection={selection} />
            <AnnotationsCard annotations={annotations} />
            <Section title="Tasks and queues">
              <TaskGraph
                tasks={state.tasks}
                summary={state.summary}
                queues={state.queues}
                rates={subscription.rates.value}
                selected={subscription.selectedTaskIds.value}
                select={(task) => route(workflowUrl(id, { ...selection, task, withAlike: true }))}
              />
            </Section>
            <Breakdown
              summary={state.summary}
              filter={subscription.filter.value}
              taskIds={subscription.selectedTaskIds.value}
              selection={selection}
              nameOf={(taskId) => nameOfTask(state, taskId)}
            />
            <HistoryCharts of={id} summary={state.summary} isNarrowed={isNarrowed(selection)} />
            <Taskforces subscription={subscription} summary={state.summary} tasks={state.tasks} />
            <ErrorsCard summary={state.summary} filter={subscription.filter.value} isNarrowed={isNarrowed(selection)} />
            <RawObjects state={state} />
          </>
        )}
      </Loaded>
    </View>
  );
}

const nameOfTask = ({ tasks }: WorkflowViewState, taskId: string): string => {
  const task = tasks.find(({ task_id }) => task_id === taskId);
  return task === undefined ? taskId : taskName(task);
};

/** To what all cards are narrowed; each link removes it. */
function SelectionChips({ state, selection }: { state: WorkflowViewState; selection: WorkflowSelection }) {
  if (!isNarrowed(selection)) return null;
  const id = state.workflow.workflow_id;
  const { task, schedd, withAlike } = selection;
  return (
    <p class="buttons selection" role="status">
      {task !== undefined && (
        <a class="chip" aria-current="true" href={workflowUrl(id, { ...selection, task: undefined })}>
          Only {nameOfTask(state, task)}
          {withAlike && tasksOfNode(state.tasks, task).length > 1 && " and tasks like it"}{" "}
          <span aria-hidden="true">✕</span>
          <span class="visually-hidden">Show all tasks</span>
        </a>
      )}
      {schedd !== undefined && (
        <a class="chip" aria-current="true" href={workflowUrl(id, { ...selection, schedd: undefined })}>
          Only schedd {schedd} <span aria-hidden="true">✕</span>
          <span class="visually-hidden">Show all schedds</span>
        </a>
      )}
    </p>
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
        <CloneLink workflowId={workflow.workflow_id} />
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
