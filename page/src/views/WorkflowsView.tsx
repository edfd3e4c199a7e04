import { useEffect, useMemo, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import type { StreamEvents, Workflow } from "../api/apiTypes.ts";
import { Empty, Loading, Refused } from "../parts/Notices.tsx";
import { Pager } from "../parts/Pager.tsx";
import { PhaseBar } from "../parts/PhaseBar.tsx";
import { At } from "../parts/Times.tsx";
import { View } from "../parts/View.tsx";
import { counted, imageName } from "../parts/format.ts";
import { runningOf } from "../parts/workerGroups.ts";
import { addressOf, type Criteria, criteriaOf, isOpen } from "./workflowCriteria.ts";
import { Filters } from "./Filters.tsx";
import { listWorkflows } from "./workflowList.ts";
import { StateBadge } from "./StateBadge.tsx";

/** Rows at a time: each of them has its summary read. */
const ROWS = 25;

/** The page of all workflows, newest first. */
export function WorkflowsView() {
  const { query, route } = useLocation();
  const { state, since, q } = query;
  // The address names nothing else
  const criteria = useMemo(() => criteriaOf(query), [state, since, q]);
  const change = (changed: Partial<Criteria>) => route(addressOf({ ...criteria, ...changed }), true);
  return (
    <View title="Workflows">
      <Filters key={criteria.text} criteria={criteria} change={change} />
      <List key={addressOf(criteria)} criteria={criteria} change={change} />
    </View>
  );
}

function List({ criteria, change }: { criteria: Criteria; change: (changed: Partial<Criteria>) => void }) {
  const listed = useMemo(() => listWorkflows(criteria), [criteria]);
  useEffect(() => listed.end, [listed]);
  const [first, setFirst] = useState(0);
  const list = listed.workflows.value.value;
  const refusal = listed.workflows.refusal.value;
  const shown = list?.slice(first, first + ROWS) ?? [];
  const ids = shown.map(({ workflow_id }) => workflow_id);
  // The same ids are another array at each turn
  useEffect(() => listed.look(ids), [ids.join()]);
  if (list === undefined) return refusal ? <Refused refusal={refusal} /> : <Loading what="workflows" />;
  if (list.length === 0) return <NoWorkflows criteria={criteria} change={change} />;
  return (
    <>
      <p class="quiet-text" role="status">
        {counted(list.length, "workflow")}
      </p>
      <ol class="workflows">
        {shown.map((workflow) => (
          <Row
            key={workflow.workflow_id}
            workflow={workflow}
            sums={listed.sums.value.get(workflow.workflow_id)}
          />
        ))}
      </ol>
      <Pager what="workflows" first={first} total={list.length} rows={ROWS} go={setFirst} />
    </>
  );
}

function Row({ workflow, sums }: { workflow: Workflow; sums: StreamEvents["summary"] | undefined }) {
  const { workflow_id, timestamp, deactivated } = workflow;
  return (
    <li>
      <a class="row-link" href={`/workflows/${workflow_id}`}>
        <code>{workflow_id}</code>
      </a>
      <StateBadge deactivated={deactivated} phases={sums?.taskforces_by_phase} />
      <span class="row-when">
        <At at={timestamp} />
      </span>
      <span class="row-images">{sums === undefined ? "…" : imagesOf(sums)}</span>
      <span class="row-workers">{sums === undefined ? "" : runningOf(sums)}</span>
      <div class="row-bar">{sums !== undefined && <PhaseBar phases={sums.taskforces_by_phase} />}</div>
    </li>
  );
}

/** The images of its tasks, each once. */
function imagesOf({ tasks = [] }: StreamEvents["summary"]): string {
  const counts = new Map<string, number>();
  for (const { task_image } of tasks) {
    const name = imageName(task_image);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].map(([name, n]) => (n === 1 ? name : `${name} ×${n}`)).join(", ");
}

function NoWorkflows({
  criteria,
  change,
}: {
  criteria: Criteria;
  change: (changed: Partial<Criteria>) => void;
}) {
  if (!isOpen(criteria))
    return (
      <Empty title="No workflow matches">
        <p>Look further back in time, or</p>
        <button type="button" onClick={() => change({ state: "all", text: "" })}>
          Show all
        </button>
      </Empty>
    );
  return (
    <Empty title="No workflows yet">
      <p>
        They appear here by themselves as soon as somebody submits one; <a href="/docs/">the API</a> says how.
      </p>
      {criteria.since !== "ever" && (
        <button type="button" onClick={() => change({ since: "ever" })}>
          Look for older ones
        </button>
      )}
    </Empty>
  );
}
