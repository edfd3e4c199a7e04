import type { Summary } from "../api/apiTypes.ts";
import { clock } from "../live/nowSeconds.ts";
import { Loading } from "../parts/Notices.tsx";
import { Paged } from "../parts/PagedList.tsx";
import { PhaseBar } from "../parts/PhaseBar.tsx";
import { inOrder, PHASE_LABELS } from "../parts/phaseLabels.ts";
import { Section } from "../parts/Section.tsx";
import { counted, duration, imageName, number } from "../parts/format.ts";
import { Timeline } from "../timeline/Timeline.tsx";
import { MANY, type Watched, type WatchedState } from "./workflowSubscription.ts";

/** The taskforces of a workflow: one by one along time, or summed up where there are very many. */
export function Taskforces({ watched, state: { summary } }: { watched: Watched; state: WatchedState }) {
  const { rows, tasks } = watched;
  const list = rows.list.value;
  const many = summary.n_taskforces > MANY;
  const chosen = tasks.value && summary.tasks.filter(({ task_id }) => tasks.value?.includes(task_id));
  const shown = (chosen ?? [summary]).reduce((sum, { n_taskforces }) => sum + n_taskforces, 0);
  const everything = () => {
    tasks.value = undefined;
  };
  const aside = chosen?.[0] && (
    <button type="button" class="quiet" onClick={everything}>
      Only {imageName(chosen[0].task_image)} is shown: show all
    </button>
  );
  return (
    <Section title="Taskforces over time" aside={aside}>
      {many && <Groups summary={summary} />}
      {many && !rows.wanted.value && (
        <button type="button" onClick={() => watched.showRows()}>
          Show {counted(shown, "taskforce")} one by one
        </button>
      )}
      {(!many || rows.wanted.value) && list === undefined && <Loading what="its taskforces" />}
      {list !== undefined && (
        <Timeline
          key={tasks.value?.[0]}
          rows={list}
          more={rows.next.value !== null}
          loadMore={() => rows.more()}
        />
      )}
      <Stays summary={summary} />
    </Section>
  );
}

/** A bar of phases for each task. */
function Groups({ summary }: { summary: Summary }) {
  return (
    <Paged what="tasks with taskforces" list={summary.tasks} look="groups">
      {({ task_id, task_image, n_taskforces, taskforces_by_phase }) => (
        <li key={task_id}>
          <h3 title={task_id}>
            {imageName(task_image)} <span class="quiet-text">{counted(n_taskforces, "taskforce")}</span>
          </h3>
          <PhaseBar phases={taskforces_by_phase} />
        </li>
      )}
    </Paged>
  );
}

/** How long taskforces stay in each phase. */
function Stays({ summary: { phases, taskforces_by_phase } }: { summary: Summary }) {
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
          {inOrder(taskforces_by_phase).map(({ phase, n }) => {
            const stay = phases[phase];
            const mean = stay?.seconds_mean_past ?? null;
            return (
              <tr key={phase}>
                <th scope="row">{PHASE_LABELS[phase]}</th>
                <td>{number(n)}</td>
                <td>{stay?.oldest_since == null ? "–" : duration(clock.value - stay.oldest_since)}</td>
                <td>{mean === null ? "–" : duration(mean)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
