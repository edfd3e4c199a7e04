import { useEffect, useMemo, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { formatCount, imageName } from "../../../client/src/format.js";
import { runningWorkersText } from "../../../client/src/workers.js";
import type { EventData, Workflow } from "../api/apiTypes.ts";
import { PhaseBar } from "../parts/Bars.tsx";
import { EmptyNotice, ErrorNotice, LoadingNotice } from "../parts/Notices.tsx";
import { Pager } from "../parts/Pager.tsx";
import { Timestamp } from "../parts/Times.tsx";
import { View } from "../parts/View.tsx";
import { hrefOf } from "../paths/basePath.ts";
import { StateBadge } from "./StateBadge.tsx";
import {
  CREATED_WITHIN_LABELS,
  type CreatedWithin,
  criteriaUrl,
  isUnfiltered,
  parseCriteria,
  STATE_LABELS,
  type StateFilter,
  type WorkflowCriteria,
} from "./workflowCriteria.ts";
import { subscribeToWorkflowList, type WorkflowSums } from "./workflowList.ts";

/** Rows of one page: each costs a request for its summary. */
const WORKFLOWS_PER_PAGE = 25;

/** The view of all workflows, newest first. */
export function WorkflowsView() {
  const { query, route } = useLocation();
  const { state, since, q } = query;
  // `query` is a new object at each render.
  const criteria = useMemo(() => parseCriteria(query), [state, since, q]);
  const change = (changed: Partial<WorkflowCriteria>) => route(criteriaUrl({ ...criteria, ...changed }), true);
  return (
    <View title="Workflows">
      <Filters key={criteria.text} criteria={criteria} change={change} />
      <WorkflowTable key={criteriaUrl(criteria)} criteria={criteria} change={change} />
    </View>
  );
}

type CriteriaProps = { criteria: WorkflowCriteria; change: (changed: Partial<WorkflowCriteria>) => void };

function Filters({ criteria, change }: CriteriaProps) {
  const search = (event: SubmitEvent) => {
    event.preventDefault();
    const text = new FormData(event.currentTarget as HTMLFormElement).get("q");
    change({ text: String(text).trim() });
  };
  return (
    <form class="filters" onSubmit={search}>
      <div class="search" role="search">
        <label>
          <span class="visually-hidden">Search by id, image, arguments or location</span>
          <input type="search" name="q" defaultValue={criteria.text} placeholder="id, image, arguments, location" />
        </label>
        <button type="submit">Search</button>
      </div>
      <Select
        label="State"
        value={criteria.state}
        options={STATE_LABELS}
        onSelect={(state) => change({ state: state as StateFilter })}
      />
      <Select
        label="Created"
        value={criteria.createdWithin}
        options={CREATED_WITHIN_LABELS}
        onSelect={(within) => change({ createdWithin: within as CreatedWithin })}
      />
    </form>
  );
}

interface SelectProps {
  label: string;
  value: string;
  options: Record<string, string>;
  onSelect: (value: string) => void;
}

const Select = ({ label, value, options, onSelect }: SelectProps) => (
  <label>
    <span class="visually-hidden">{label}</span>
    <select value={value} onChange={(event) => onSelect(event.currentTarget.value)}>
      {Object.entries(options).map(([option, optionLabel]) => (
        <option key={option} value={option}>
          {optionLabel}
        </option>
      ))}
    </select>
  </label>
);

function WorkflowTable({ criteria, change }: CriteriaProps) {
  const workflowList = useMemo(() => subscribeToWorkflowList(criteria), [criteria]);
  useEffect(() => workflowList.dispose, [workflowList]);
  const [requestedFirst, setFirst] = useState(0);
  const newest = workflowList.newest.value.value;
  const error = workflowList.newest.error.value;
  const list = newest?.workflows ?? [];
  // A page of older workflows may still be loading, and a reload may return fewer.
  const lastFirst = Math.max(0, list.length - 1 - ((list.length - 1) % WORKFLOWS_PER_PAGE));
  const first = Math.min(requestedFirst, lastFirst);
  const shown = list.slice(first, first + WORKFLOWS_PER_PAGE);
  const ids = shown.map(({ workflow_id }) => workflow_id);
  // `ids` is a new array at each render.
  useEffect(() => workflowList.setVisibleIds(ids), [ids.join()]);
  if (newest === undefined) return error ? <ErrorNotice error={error} /> : <LoadingNotice what="workflows" />;
  if (list.length === 0) return <NoWorkflows criteria={criteria} change={change} />;
  const goToRow = (to: number) => {
    // Older workflows first fill an incomplete page.
    if (to <= list.length) setFirst(to);
    if (to >= list.length) workflowList.loadOlder();
  };
  return (
    <>
      <p class="quiet-text" role="status">
        {formatCount(list.length, "workflow")}
        {newest.hasOlder && " and older ones"}
      </p>
      <ol class="workflows">
        {shown.map((workflow) => (
          <WorkflowRow
            key={workflow.workflow_id}
            workflow={workflow}
            sums={workflowList.summaries.value.get(workflow.workflow_id)}
          />
        ))}
      </ol>
      <Pager
        what="workflows"
        first={first}
        total={list.length}
        more={newest.hasOlder}
        rows={WORKFLOWS_PER_PAGE}
        go={goToRow}
      />
    </>
  );
}

function WorkflowRow({ workflow, sums }: { workflow: Workflow; sums: WorkflowSums | undefined }) {
  const { workflow_id, timestamp, deactivated } = workflow;
  return (
    <li>
      <a class="row-link" href={hrefOf(`/workflows/${workflow_id}`)}>
        <code>{workflow_id}</code>
      </a>
      <StateBadge deactivated={deactivated} phases={sums?.taskforces_by_phase} findings={sums?.findings} />
      <span class="row-when small-text">
        <Timestamp at={timestamp} />
      </span>
      <span class="row-images">{sums === undefined ? "…" : imageCountsText(sums)}</span>
      <span class="row-workers small-text">{sums && runningWorkersText(sums)}</span>
      <div class="row-bar">{sums && <PhaseBar phases={sums.taskforces_by_phase} />}</div>
    </li>
  );
}

/** The distinct images of a workflow's tasks, with their counts. */
function imageCountsText({ tasks = [] }: EventData["summary"]): string {
  const counts = new Map<string, number>();
  for (const { task_image } of tasks) {
    const name = imageName(task_image);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].map(([name, n]) => (n === 1 ? name : `${name} ×${n}`)).join(", ");
}

function NoWorkflows({ criteria, change }: CriteriaProps) {
  if (!isUnfiltered(criteria))
    return (
      <EmptyNotice title="No workflow matches">
        <p>Select a longer time, or</p>
        <button type="button" onClick={() => change({ state: "all", text: "" })}>
          Show all
        </button>
      </EmptyNotice>
    );
  return (
    <EmptyNotice title="No workflows yet">
      <p>
        New workflows appear here. <a href={hrefOf("/docs/")}>The API</a> describes how to submit one.
      </p>
      {criteria.createdWithin !== "ever" && (
        <button type="button" onClick={() => change({ createdWithin: "ever" })}>
          Show older workflows
        </button>
      )}
    </EmptyNotice>
  );
}
