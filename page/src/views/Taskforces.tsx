import type { Summary } from "../api/apiTypes.ts";
import { nowSeconds } from "../live/nowSeconds.ts";
import { formatCount, formatDuration, formatNumber, imageName } from "../parts/format.ts";
import { LoadingNotice } from "../parts/Notices.tsx";
import { PagedList } from "../parts/PagedList.tsx";
import { PhaseBar } from "../parts/PhaseBar.tsx";
import { orderPhaseCounts, PHASE_LABELS } from "../parts/phaseLabels.ts";
import { Section } from "../parts/Section.tsx";
import { Timeline } from "../timeline/Timeline.tsx";
import { MAX_LISTED_TASKFORCES, type WorkflowSubscription, type WorkflowViewState } from "./workflowSubscription.ts";

/** The taskforces of a workflow: one by one along time, or summed up where there are very many. */
export function Taskforces({
  watched,
  state: { summary },
}: {
  watched: WorkflowSubscription;
  state: WorkflowViewState;
}) {
  const { rows, selectedTaskIds } = watched;
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
      Only {imageName(selectedTasks[0].task_image)} is shown: show all
    </button>
  );
  return (
    <Section title="Taskforces over time" aside={aside}>
      {isLarge && <TaskPhaseBars summary={summary} />}
      {isLarge && !rows.isShown.value && (
        <button type="button" onClick={() => watched.showRows()}>
          Show {formatCount(shownCount, "taskforce")} one by one
        </button>
      )}
      {(!isLarge || rows.isShown.value) && list === undefined && <LoadingNotice what="its taskforces" />}
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

/** How long taskforces stay in each phase. */
function PhaseDurationTable({ summary: { phases, taskforces_by_phase } }: { summary: Summary }) {
  return (
    <div class="scrolling" tabIndex={0} role="region" aria-label="Time in each phase">
      <table>
        <thead>
          <tr>
            <th scope="col">Phase</th>
            <th scope="col">Now in it</th>
            <th scope="col">Longest</th>
            <th scope="col">Usually</th>
          </tr>
        </thead>
        <tbody>
          {orderPhaseCounts(taskforces_by_phase).map(({ phase, n }) => {
            const stay = phases[phase];
            const mean = stay?.seconds_mean_past ?? null;
            return (
              <tr key={phase}>
                <th scope="row">{PHASE_LABELS[phase]}</th>
                <td>{formatNumber(n)}</td>
                <td>{stay?.oldest_since == null ? "–" : formatDuration(nowSeconds.value - stay.oldest_since)}</td>
                <td>{mean === null ? "–" : formatDuration(mean)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
