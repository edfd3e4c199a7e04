import { ENDING_OR_FINISHED_PHASES, PHASES, type Phase } from "../../../src/domain/phases.js";
import type { Taskforce } from "../../../src/domain/taskforce.js";
import type { Evidence, Finding } from "../evidence.js";
import { groupBy } from "../groupBy.js";

interface ShownSummary {
  n_taskforces: number;
  taskforces_by_phase: Record<string, number>;
  n_workers_requested: number;
  compound_statuses: Record<string, Record<string, number>>;
  top_task_errors: Record<string, number>;
  n_failed_attempts: number;
}

/** Summaries read concurrently. */
const CONCURRENCY = 8;

/** Checks that each workflow's stored summary equals a recount of its taskforces. */
export async function summariesEqualRecount({
  snapshot,
  client,
}: Pick<Evidence, "snapshot" | "client">): Promise<Finding[]> {
  const byWorkflow = groupBy(
    [...snapshot.taskforce.values()].map(({ entity }) => entity),
    ({ workflow_id }) => workflow_id as string,
  );
  const left = [...snapshot.workflow.keys()];
  const findings: Finding[] = [];
  const checkNext = async () => {
    for (let id = left.pop(); id !== undefined; id = left.pop()) {
      const { body } = await client.sendUntilAnswered<ShownSummary>("GET", `/v1/workflows/${id}/summary`);
      const shown = canonical(sumsOf(body));
      const recounted = canonical(recount(byWorkflow.get(id) ?? []));
      if (shown !== recounted) findings.push({ message: `${id}: the summary is ${shown}, a recount ${recounted}` });
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, checkNext));
  return findings;
}

const sumsOf = (summary: ShownSummary) => ({
  n_taskforces: summary.n_taskforces,
  taskforces_by_phase: summary.taskforces_by_phase,
  n_workers_requested: summary.n_workers_requested,
  n_failed_attempts: summary.n_failed_attempts,
  tasking: summary.compound_statuses["RUNNING"]?.["Tasking"] ?? 0,
  errors: sum(Object.values(summary.top_task_errors)),
});

const recount = (taskforces: readonly Taskforce[]) => ({
  n_taskforces: taskforces.length,
  taskforces_by_phase: Object.fromEntries(
    PHASES.map((phase) => [phase, taskforces.filter((each) => each.phase === phase).length] as const).filter(
      ([, count]) => count > 0,
    ),
  ),
  n_workers_requested: sum(
    taskforces
      .filter(({ phase }) => !(ENDING_OR_FINISHED_PHASES as readonly Phase[]).includes(phase))
      .map(({ n_workers }) => n_workers),
  ),
  n_failed_attempts: sum(
    taskforces.map((each) => each.phase_change_log.filter((entry) => !entry.was_successful).length),
  ),
  tasking: sum(taskforces.map((each) => each.compound_statuses["RUNNING"]?.["Tasking"] ?? 0)),
  errors: sum(taskforces.flatMap((each) => Object.values(each.top_task_errors))),
});

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

/** Formats a value as JSON with sorted keys. */
const canonical = (value: object): string =>
  JSON.stringify(value, (_, each: unknown) =>
    each !== null && typeof each === "object" ? Object.fromEntries(Object.entries(each).sort()) : each,
  );
