import { useMemo } from "preact/hooks";
import { formatCount, formatDuration, formatNumber } from "../../../client/src/format.js";
import { orderByPhase } from "../../../client/src/phases.js";
import type { Phase, Summary, TaskDirective, Taskforce } from "../api/apiTypes.ts";
import { nowSeconds } from "../live/nowSeconds.ts";
import { orDash } from "../parts/format.ts";
import { LoadingNotice } from "../parts/Notices.tsx";
import { Table } from "../parts/Table.tsx";
import { Section } from "../parts/View.tsx";
import { isNarrowed, workflowUrl } from "../paths/workflowAddress.ts";
import { measurePhaseStays, type PhaseStays } from "../timeline/phaseStays.ts";
import { Timeline } from "../timeline/Timeline.tsx";
import { TaskforceDetails } from "./TaskforceDetails.tsx";
import { MAX_LISTED_TASKFORCES, type WorkflowSubscription } from "./workflowSubscription.ts";

interface TaskforcesProps {
  subscription: WorkflowSubscription;
  summary: Summary;
  tasks: readonly TaskDirective[];
}

/** The taskforces of a workflow on a time axis; if there are very many, on request. */
export function Taskforces({ subscription, summary, tasks }: TaskforcesProps) {
  const { rows, showRows, selectedTaskIds, selection, filter } = subscription;
  const list = rows.list.value;
  const isLarge = summary.n_taskforces > MAX_LISTED_TASKFORCES;
  const taskIds = selectedTaskIds.value;
  const selectedTasks = summary.tasks.filter(({ task_id }) => taskIds === undefined || taskIds.includes(task_id));
  const shownCount = selectedTasks.reduce((sum, { n_taskforces }) => sum + n_taskforces, 0);
  const workflow = summary.workflow_id;
  const { taskforce: opened } = selection.value;
  const openedRow = list?.find(({ taskforce_uuid }) => taskforce_uuid === opened);
  const closeUrl = workflowUrl(workflow, { ...selection.value, taskforce: undefined });
  const details = opened !== undefined && (
    <TaskforceDetails
      uuid={opened}
      tasks={tasks}
      closeUrl={closeUrl}
      version={`${openedRow?.phase ?? summary.updated} ${openedRow?.cluster_id}`}
    />
  );
  return (
    <Section title="Taskforces over time">
      {openedRow === undefined && details}
      {isLarge && !rows.isShown.value && (
        <button type="button" onClick={showRows}>
          {selection.value.schedd === undefined
            ? `Show ${formatCount(shownCount, "taskforce")} one by one`
            : `Show the taskforces at ${selection.value.schedd} one by one`}
        </button>
      )}
      {(!isLarge || rows.isShown.value) && list === undefined && <LoadingNotice what="taskforces" />}
      {list?.length === 0 && <p class="quiet-text">No taskforces in this selection.</p>}
      {list !== undefined && list.length > 0 && (
        <Timeline
          key={JSON.stringify(filter.value)}
          rows={list}
          more={rows.nextCursor.value !== null}
          loadMore={() => rows.loadMore()}
          linkOf={(uuid) =>
            uuid === opened ? closeUrl : workflowUrl(workflow, { ...selection.value, taskforce: uuid })
          }
          opened={opened}
          details={details}
        />
      )}
      {isNarrowed(selection.value) ? (
        <NarrowedPhaseTable list={rows.nextCursor.value === null ? list : undefined} />
      ) : (
        <PhaseTable stays={summary.phases} />
      )}
    </Section>
  );
}

/** {@link PhaseTable} for selected taskforces. @param list undefined: not all of them are loaded */
function NarrowedPhaseTable({ list }: { list: readonly Taskforce[] | undefined }) {
  const stays = useMemo(() => list && measurePhaseStays(list), [list]);
  return stays === undefined ? null : <PhaseTable stays={stays} />;
}

/** The time that taskforces spend in each phase. */
function PhaseTable({ stays }: { stays: Partial<Record<Phase, PhaseStays>> }) {
  return (
    <Table
      label="Time in each phase"
      rows={orderByPhase(stays).filter(({ value }) => value.n > 0)}
      keyOf={({ phase }) => phase}
      columns={[
        { name: "Phase", value: ({ label }) => label },
        { name: "Now", value: ({ value }) => formatNumber(value.n) },
        {
          name: "Longest",
          value: ({ value }) => orDash(value.oldest_since, (since) => formatDuration(nowSeconds.value - since)),
        },
        { name: "Average", value: ({ value }) => orDash(value.seconds_mean_past, formatDuration) },
      ]}
    />
  );
}
