import { digestState, runningWorkers } from "../../../client/src/digestState.js";
import { formatCount, formatNumber, imageName } from "../../../client/src/format.js";
import { orderByPhase } from "../../../client/src/phases.js";
import type { WorkflowDigest } from "../api/apiTypes.ts";
import { Sparkline } from "../charts/Sparkline.tsx";
import { StackedBar } from "../parts/Bars.tsx";
import { RelativeTime } from "../parts/Times.tsx";
import { hrefOf } from "../paths/basePath.ts";
import { mayChangeWorkflows } from "../session/permissions.ts";
import { DigestBadge } from "./DigestState.tsx";
import { criteriaUrl, type WorkflowCriteria } from "./workflowCriteria.ts";

interface WorkflowRowProps {
  row: WorkflowDigest;
  criteria: WorkflowCriteria;
  isSelected: boolean;
  select: (isSelected: boolean) => void;
}

/** A row of the list. */
export function WorkflowRow({ row, criteria, isSelected, select }: WorkflowRowProps) {
  const { workflow_id, name, created, last_change, finding } = row;
  return (
    <li>
      {mayChangeWorkflows && (
        <input
          type="checkbox"
          class="row-check"
          checked={isSelected}
          onChange={(event) => select(event.currentTarget.checked)}
          aria-label={`Select ${name ?? workflow_id}`}
        />
      )}
      <div class="row-title one-line">
        <a class="row-link" href={hrefOf(`/workflows/${workflow_id}`)}>
          {name ?? <code>{workflow_id}</code>}
        </a>
        {name !== null && <code class="small-text">{workflow_id}</code>}
      </div>
      <DigestBadge row={row} />
      <div class="row-bar">
        <StackedBar parts={phaseParts(row)} height={10} />
        {row.running_workers.some((n) => n > 0) && (
          <Sparkline values={row.running_workers} label="Running workers over its life" />
        )}
      </div>
      <span class="row-created small-text">
        <RelativeTime at={created} />
      </span>
      <Origin row={row} criteria={criteria} />
      <span class="row-finding small-text one-line" title={finding?.sentence}>
        {showsFinding(row) && finding?.sentence}
      </span>
      <span class="row-sums small-text one-line" title={sumsText(row)}>
        {sumsText(row)}
      </span>
      <span class="row-changed small-text">
        {last_change !== null && (
          <>
            changed <RelativeTime at={last_change} />
          </>
        )}
      </span>
    </li>
  );
}

/** Whether the first finding says why the workflow needs attention, or waits. */
const showsFinding = (row: WorkflowDigest): boolean => ["attention", "waiting"].includes(digestState(row).kind);

/** The images, the owner and the labels. */
function Origin({
  row: { task_images, n_tasks, owner, labels },
  criteria,
}: Pick<WorkflowRowProps, "row" | "criteria">) {
  const images = task_images.map(imageName).join(", ");
  return (
    <span class="row-images small-text one-line">
      {n_tasks > task_images.length ? `${images} (${formatCount(n_tasks, "task")})` : images}
      {owner !== null && owner.subject !== "anonymous" && (
        <>
          {" · "}
          <a href={criteriaUrl({ ...criteria, owner: owner.subject, after: "" })}>{owner.name ?? owner.subject}</a>
        </>
      )}
      {Object.entries(labels).map(([key, value]) => {
        const label = `${key}=${value}`;
        const others = criteria.labels.filter((each) => each !== label);
        return (
          <a key={key} class="label" href={criteriaUrl({ ...criteria, labels: [...others, label], after: "" })}>
            {value === "" ? key : label}
          </a>
        );
      })}
    </span>
  );
}

const phaseParts = ({ taskforces_by_phase }: WorkflowDigest) =>
  orderByPhase(taskforces_by_phase).map(({ phase, value }) => ({ fill: phase, n: value }));

/** `5 of 10 workers running, 2 submitted, 3 errors` */
function sumsText(row: WorkflowDigest): string {
  const { taskforces_by_phase, n_workers_requested, n_errors } = row;
  const requested = n_workers_requested > 0 ? ` of ${formatNumber(n_workers_requested)}` : "";
  return [
    `${formatNumber(runningWorkers(row))}${requested} workers running`,
    ...orderByPhase(taskforces_by_phase).map(({ label, value }) => `${formatNumber(value)} ${label}`),
    ...(n_errors > 0 ? [formatCount(n_errors, "error")] : []),
  ].join(", ");
}
