import type { ComponentChildren } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { type BreakdownRow, problemsFirst, sumByKey, sumOfRows, taskRow } from "../../../client/src/breakdown.js";
import { formatCount, formatNumber, imageName } from "../../../client/src/format.js";
import { orderByPhase } from "../../../client/src/phases.js";
import type { Summary } from "../api/apiTypes.ts";
import { coalesceCalls } from "../live/coalesceCalls.ts";
import { createRefreshable } from "../live/refreshable.ts";
import { PhaseSegments } from "../parts/Bars.tsx";
import { LoadingNotice } from "../parts/Notices.tsx";
import { Table } from "../parts/Table.tsx";
import { Section } from "../parts/View.tsx";
import { type BreakdownKind, type WorkflowSelection, workflowUrl } from "../paths/workflowAddress.ts";
import { WorkerStatuses } from "../statuses/Statuses.tsx";
import { type BreakdownFacts, readTaskforceFacts } from "./readTaskforceFacts.ts";

/** Milliseconds until the taskforces of a changed summary are read. */
const RELOAD_DELAY_MS = 5000;
/** Maximum number of hold reasons in a row. */
const MAX_REASONS = 5;

const KINDS: Readonly<Record<BreakdownKind, string>> = {
  task: "By task",
  schedd: "By schedd",
  taskforce: "By taskforce",
};

interface BreakdownProps {
  summary: Summary;
  /** Selects the taskforces of the selection. */
  filter: Record<string, unknown>;
  /** Ids of the selected tasks; undefined: all. */
  taskIds: readonly string[] | undefined;
  selection: WorkflowSelection;
  /** What a task is called. */
  nameOf: (taskId: string) => string;
}

/** Workers, phases and errors by task, schedd or taskforce. A link in a row narrows all cards to it. */
export function Breakdown({ summary, filter, taskIds, selection, nameOf }: BreakdownProps) {
  const { by: kind } = selection;
  // The summary has no sums by schedd.
  const needsFacts = kind !== "task" || selection.schedd !== undefined;
  const facts = useTaskforceFacts(filter, needsFacts, summary);
  const rows = useMemo((): BreakdownRow[] | undefined => {
    if (!needsFacts) {
      const tasks = summary.tasks.filter(({ task_id }) => taskIds === undefined || taskIds.includes(task_id));
      return tasks.map(taskRow);
    }
    if (facts === undefined) return undefined;
    const keyOf = { task: "task_id", schedd: "schedd", taskforce: "taskforce_uuid" } as const;
    return problemsFirst(sumByKey(facts.taskforces, (taskforce) => taskforce[keyOf[kind]]));
  }, [kind, needsFacts, needsFacts ? facts : summary, taskIds?.join()]);
  const workflow = summary.workflow_id;
  const { taskforce: _, ...kept } = selection;
  const nameCell = (key: string): ComponentChildren => {
    if (kind === "schedd")
      return (
        <>
          <a href={workflowUrl(workflow, { ...kept, schedd: key })}>{key}</a>
          <span class="cell-note">{facts?.locations.get(key)?.join(", ")}</span>
        </>
      );
    if (kind === "taskforce")
      return (
        <a href={workflowUrl(workflow, { ...selection, taskforce: key })}>
          <code>{key}</code>
        </a>
      );
    const image = summary.tasks.find(({ task_id }) => task_id === key)?.task_image ?? "";
    return (
      <>
        <a href={workflowUrl(workflow, { ...kept, task: key, withAlike: false })} title={image}>
          {nameOf(key) || imageName(image)}
        </a>
        <code class="cell-note">{key}</code>
      </>
    );
  };
  return (
    <Section
      title="Workers"
      aside={<KindLinks kind={kind} urlOf={(by) => workflowUrl(workflow, { ...selection, by })} />}
    >
      {rows === undefined ? (
        <LoadingNotice what="the workers of taskforces" />
      ) : (
        <>
          <WorkerStatuses statuses={sumOfRows(rows)} />
          <Table
            label={`Workers ${KINDS[kind].toLowerCase()}`}
            rows={rows}
            keyOf={({ key }) => key}
            columns={[
              { name: NAMES[kind], value: ({ key }) => nameCell(key) },
              { name: "Running", value: ({ workers }) => formatNumber(workers.running) },
              { name: "Idle", value: ({ workers }) => formatNumber(workers.idle) },
              { name: "Held", value: (row) => <Held row={row} /> },
              { name: "Ended", value: (row) => <Ended row={row} /> },
              { name: "Taskforces", value: (row) => <Phases row={row} /> },
              { name: "Errors", value: ({ errorCount }) => formatNumber(errorCount) },
            ]}
          />
          {needsFacts && facts?.isComplete === false && (
            <p class="quiet-text">
              Only the first {formatNumber(facts.taskforces.length)} taskforces are counted. Select a task for exact
              numbers.
            </p>
          )}
        </>
      )}
    </Section>
  );
}

const NAMES: Record<BreakdownKind, string> = { task: "Task", schedd: "Schedd", taskforce: "Taskforce" };

function KindLinks({ kind, urlOf }: { kind: BreakdownKind; urlOf: (kind: BreakdownKind) => string }) {
  return (
    <nav class="buttons" aria-label="Break down the workers">
      {(Object.entries(KINDS) as [BreakdownKind, string][]).map(([each, label]) => (
        <a key={each} class="chip" aria-current={kind === each ? "true" : undefined} href={urlOf(each)}>
          {label}
        </a>
      ))}
    </nav>
  );
}

function Held({ row: { workers, holdReasons } }: { row: BreakdownRow }) {
  return (
    <>
      {formatNumber(workers.held)}
      {holdReasons.slice(0, MAX_REASONS).map(([reason, n]) => (
        <span key={reason} class="cell-note">
          {reason} ({formatNumber(n)})
        </span>
      ))}
      {holdReasons.length > MAX_REASONS && (
        <span class="cell-note">and {formatCount(holdReasons.length - MAX_REASONS, "other reason")}</span>
      )}
    </>
  );
}

function Ended({ row: { workers } }: { row: BreakdownRow }) {
  return (
    <>
      {formatNumber(workers.ended)}
      {workers.failed > 0 && <span class="cell-note">{formatNumber(workers.failed)} failed</span>}
    </>
  );
}

function Phases({ row: { phases } }: { row: BreakdownRow }) {
  const counts = orderByPhase(phases);
  return (
    <>
      {counts.map(({ label, value }) => `${formatNumber(value)} ${label}`).join(", ")}
      {counts.length > 1 && <PhaseSegments phases={phases} />}
    </>
  );
}

/** Reads the taskforces while they are needed, and again after changes of the summary. */
function useTaskforceFacts(
  filter: Record<string, unknown>,
  isNeeded: boolean,
  summary: Summary,
): BreakdownFacts | undefined {
  const facts = useMemo(() => {
    const refreshable = createRefreshable((signal) => readTaskforceFacts(filter, signal));
    return { ...refreshable, refreshSoon: coalesceCalls(RELOAD_DELAY_MS, refreshable.refresh) };
  }, [JSON.stringify(filter), isNeeded]);
  useEffect(() => {
    if (isNeeded) facts.refresh();
    return () => {
      facts.refreshSoon.cancel();
      facts.dispose();
    };
  }, [facts]);
  useEffect(() => {
    if (isNeeded) facts.refreshSoon();
  }, [summary.updated]);
  return facts.value.value;
}
