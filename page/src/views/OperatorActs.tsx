import type { AuditEntry } from "../api/apiTypes.ts";
import { QueueLink } from "../parts/QueueLink.tsx";
import { Table } from "../parts/Table.tsx";
import { Timestamp } from "../parts/Times.tsx";
import { hrefOf } from "../paths/basePath.ts";
import { extractWorkflowId } from "../paths/workflowIds.ts";

/** The last acts of operators, newest first. */
export function OperatorActs({ acts }: { acts: readonly AuditEntry[] }) {
  if (acts.length === 0) return <p class="quiet-text">No acts yet.</p>;
  return (
    <Table
      label="Operators' acts"
      rows={acts}
      keyOf={({ request, time }) => `${request} ${time}`}
      columns={[
        { name: "When", value: ({ time }) => <Timestamp at={time} /> },
        { name: "Operator", value: ({ operator }) => operator },
        { name: "Action", value: actionText },
        { name: "Queue", value: ({ queue }) => (queue === null ? "–" : <QueueLink queue={queue}>{queue}</QueueLink>) },
        { name: "On", value: Subject },
        { name: "Outcome", value: Outcome },
      ]}
    />
  );
}

/** `retry all (3 jobs)`; the request, if it was refused before its action was known. */
function actionText({ action, jobs, method, path }: AuditEntry): string {
  if (action === null) return `${method} ${path}`;
  return jobs === null ? action : `${action} (${jobs})`;
}

/** The job, or the entity in the path of the request, with a link to its workflow. */
function Subject({ job, path }: AuditEntry) {
  const id = job ?? /\b(?:WF|TK|TF)-[\w-]+/.exec(path)?.[0];
  if (id === undefined) return "–";
  const workflowId = extractWorkflowId(id);
  return workflowId === undefined ? <code>{id}</code> : <a href={hrefOf(`/workflows/${workflowId}`)}>{id}</a>;
}

function Outcome({ outcome, status, refusal }: AuditEntry) {
  if (outcome === "done") return "done";
  return (
    <span class="danger-text">
      {outcome}: {refusal ?? `HTTP ${status}`}
    </span>
  );
}
