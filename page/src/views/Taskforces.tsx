import { formatCount, formatDuration, formatNumber, imageName } from "../../../client/src/format.js";
import { orderByPhase } from "../../../client/src/phases.js";
import type { Summary } from "../api/apiTypes.ts";
import { nowSeconds } from "../live/nowSeconds.ts";
import { PhaseBar } from "../parts/Bars.tsx";
import { orDash } from "../parts/format.ts";
import { LoadingNotice } from "../parts/Notices.tsx";
import { PagedList } from "../parts/Pager.tsx";
import { Table } from "../parts/Table.tsx";
import { Section } from "../parts/View.tsx";
import { Timeline } from "../timeline/Timeline.tsx";
import { MAX_LISTED_TASKFORCES, type WorkflowSubscription } from "./workflowSubscription.ts";

/** The taskforces of a workflow on a time axis, or sums by task if there are very many. */
export function Taskforces({ subscription, summary }: { subscription: WorkflowSubscription; summary: Summary }) {
  const { rows, selectedTaskIds, showRows } = subscription;
  const list = rows.list.value;
  const isLarge = summary.n_taskforces > MAX_LISTED_TASKFORCES;
  const selectedTasks =
    selectedTaskIds.value && summary.tasks.filter(({ task_id }) => selectedTaskIds.value?.includes(task_id));
  const shownCount = (selectedTasks ?? [summary]).reduce((sum, { n_taskforces }) => sum + n_taskforces, 0);
  const clearSelection = () => {
    selectedTaskIds.value = undefined;
  };
  const aside = selectedTasks?.[0] && (
    <button type="button" class="quiet" onClick={clearSelection}>
      Only {imageName(selectedTasks[0].task_image)} shown. Show all
    </button>
  );
  return (
    <Section title="Taskforces over time" aside={aside}>
      {isLarge && (
        <PagedList what="tasks with taskforces" list={summary.tasks} listClass="groups">
          {({ task_id, task_image, n_taskforces, taskforces_by_phase }) => (
            <li key={task_id}>
              <h3 title={task_id}>
                {imageName(task_image)} <span class="quiet-text">{formatCount(n_taskforces, "taskforce")}</span>
              </h3>
              <PhaseBar phases={taskforces_by_phase} />
            </li>
          )}
        </PagedList>
      )}
      {isLarge && !rows.isShown.value && (
        <button type="button" onClick={showRows}>
          Show {formatCount(shownCount, "taskforce")} one by one
        </button>
      )}
      {(!isLarge || rows.isShown.value) && list === undefined && <LoadingNotice what="taskforces" />}
      {list !== undefined && (
        <Timeline
          key={selectedTaskIds.value?.[0]}
          rows={list}
          more={rows.nextCursor.value !== null}
          loadMore={() => rows.loadMore()}
        />
      )}
      <PhaseDurationTable summary={summary} />
    </Section>
  );
}

/** The time that taskforces spend in each phase. */
function PhaseDurationTable({ summary: { phases, taskforces_by_phase } }: { summary: Summary }) {
  return (
    <Table
      label="Time in each phase"
      rows={orderByPhase(taskforces_by_phase)}
      keyOf={({ phase }) => phase}
      columns={[
        { name: "Phase", value: ({ label }) => label },
        { name: "Now", value: ({ value }) => formatNumber(value) },
        {
          name: "Longest",
          value: ({ phase }) =>
            orDash(phases[phase]?.oldest_since, (since) => formatDuration(nowSeconds.value - since)),
        },
        { name: "Average", value: ({ phase }) => orDash(phases[phase]?.seconds_mean_past, formatDuration) },
      ]}
    />
  );
}
