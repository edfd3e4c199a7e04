import { formatCount, formatDuration, formatNumber, imageName } from "../../../client/src/format.js";
import { orderByPhase } from "../../../client/src/phases.js";
import type { Summary } from "../api/apiTypes.ts";
import { nowSeconds } from "../live/nowSeconds.ts";
import { LoadingNotice } from "../parts/Notices.tsx";
import { PagedList } from "../parts/PagedList.tsx";
import { PhaseBar } from "../parts/PhaseBar.tsx";
import { Section } from "../parts/Section.tsx";
import { Timeline } from "../timeline/Timeline.tsx";
import { MAX_LISTED_TASKFORCES, type WorkflowSubscription, type WorkflowViewState } from "./workflowSubscription.ts";

/** The taskforces of a workflow on a time axis, or sums by task if there are very many. */
export function Taskforces({
  subscription,
  state: { summary },
}: {
  subscription: WorkflowSubscription;
  state: WorkflowViewState;
}) {
  const { rows, selectedTaskIds } = subscription;
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
      {isLarge && <TaskPhaseBars summary={summary} />}
      {isLarge && !rows.isShown.value && (
        <button type="button" onClick={() => subscription.showRows()}>
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

/** A bar of phases for each task. */
function TaskPhaseBars({ summary }: { summary: Summary }) {
  return (
    <PagedList what="tasks with taskforces" list={summary.tasks} look="groups">
      {({ task_id, task_image, n_taskforces, taskforces_by_phase }) => (
        <li key={task_id}>
          <h3 title={task_id}>
            {imageName(task_image)} <span class="quiet-text">{formatCount(n_taskforces, "taskforce")}</span>
          </h3>
          <PhaseBar phases={taskforces_by_phase} />
        </li>
      )}
    </PagedList>
  );
}

/** The time that taskforces spend in each phase. */
function PhaseDurationTable({ summary: { phases, taskforces_by_phase } }: { summary: Summary }) {
  return (
    <div class="scrolling" tabIndex={0} role="region" aria-label="Time in each phase">
      <table>
        <thead>
          <tr>
            <th scope="col">Phase</th>
            <th scope="col">Now</th>
            <th scope="col">Longest</th>
            <th scope="col">Average</th>
          </tr>
        </thead>
        <tbody>
          {orderByPhase(taskforces_by_phase).map(({ phase, label, value }) => {
            const times = phases[phase];
            const mean = times?.seconds_mean_past ?? null;
            return (
              <tr key={phase}>
                <th scope="row">{label}</th>
                <td>{formatNumber(value)}</td>
                <td>{times?.oldest_since == null ? "–" : formatDuration(nowSeconds.value - times.oldest_since)}</td>
                <td>{mean === null ? "–" : formatDuration(mean)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
