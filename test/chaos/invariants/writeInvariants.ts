import type { Taskforce } from "../../../src/domain/taskforce.js";
import type { Evidence, Finding } from "../evidence.js";
import { groupedBy } from "../groupBy.js";
import type { Exchange } from "../requestHistory.js";

/** Every workflow that a user was told of is there, with all its parts and how the user ended it. */
export function createdWorkflowsAreThere({ promised, view }: Evidence): Finding[] {
  const findings: Finding[] = [];
  for (const { workflow, tasks, taskforces } of promised.workflows.values()) {
    if (!view.workflows.has(workflow)) findings.push({ message: `${workflow} was created and is gone` });
    for (const task of tasks)
      if (!view.directives.has(task)) findings.push({ message: `${task} was created and is gone` });
    for (const taskforce of taskforces)
      if (!view.taskforces.has(taskforce)) findings.push({ message: "was created and is gone", taskforce });
  }
  for (const [workflow, state] of promised.ended)
    if (view.workflows.get(workflow)?.deactivated !== state)
      findings.push({ message: `${workflow} is not ${state}, though a user was told so` });
  for (const [n_workers, { taskforce }] of promised.added)
    if (view.taskforces.get(taskforce) === undefined)
      findings.push({ message: `the taskforce with ${n_workers} workers was added and is gone`, taskforce });
  return findings;
}

/** What was asked for with an `Idempotency-Key` was made once at most, however often it was asked for. */
export function keysTakeEffectOnce({ promised, view }: Evidence): Finding[] {
  const workflowsByMark = new Map<string, Set<string>>();
  for (const { task_args, workflow_id } of view.directives.values())
    workflowsByMark.set(task_args, (workflowsByMark.get(task_args) ?? new Set()).add(workflow_id));
  const twice = [...workflowsByMark].filter(([, workflows]) => workflows.size > 1);
  const findings: Finding[] = twice.map(([mark, workflows]) => ({
    message: `the request ${mark} made ${[...workflows].join(" and ")}`,
  }));
  const byWorkers = groupedBy(view.taskforces.values(), ({ n_workers }) => n_workers);
  for (const n_workers of promised.added.keys()) {
    const made = byWorkers.get(n_workers) ?? [];
    if (made.length > 1)
      findings.push({ message: `the request for ${n_workers} workers made ${made.length} taskforces` });
  }
  return findings;
}

/** Every report that was acknowledged is to be seen. */
export function reportsAreThere({ history, view }: Evidence): Finding[] {
  const findings: Finding[] = [];
  for (const report of history.done("submit", "submit-failed", "remove", "remove-failed", "complete")) {
    const taskforce = view.taskforces.get(report.subject);
    const missing = taskforce === undefined ? "its taskforce is gone" : missingOf(report, taskforce);
    if (missing !== undefined)
      findings.push({
        message: `the report ${report.kind} of ${new Date(report.sent).toISOString()}: ${missing}`,
        taskforce: report.subject,
      });
  }
  return findings;
}

function missingOf({ kind, body }: Exchange, taskforce: Taskforce): string | undefined {
  const log = taskforce.phase_change_log;
  const said = body as { cluster_id?: number; error?: string; condor_complete_ts?: number };
  switch (kind) {
    case "submit":
      if (taskforce.cluster_id !== said.cluster_id)
        return `its cluster is ${taskforce.cluster_id}, not ${said.cluster_id}`;
      return log.some(({ target_phase }) => target_phase === "condor-submit") ? undefined : "not in the log";
    case "remove":
      return log.some(({ target_phase }) => target_phase === "condor-rm") ? undefined : "not in the log";
    case "complete":
      // Copies tell the same end, and the first one counts.
      return taskforce.phase === "condor-complete" ? undefined : `its phase is ${taskforce.phase}`;
    default:
      return log.some(({ context }) => context === `ERROR: ${said.error}`) ? undefined : "not in the log";
  }
}

interface StatusesBody {
  compound_statuses_by_taskforce: Record<string, object>;
  top_task_errors_by_taskforce: Record<string, object>;
}

/** A taskforce's statuses are those of the newest acknowledged report, or of one that was under way after it had begun. */
export function statusesAreTheNewest({ history, view }: Evidence): Finding[] {
  const byTaskforce = new Map<string, Exchange[]>();
  for (const report of history.of("statuses"))
    for (const uuid of Object.keys((report.body as StatusesBody).compound_statuses_by_taskforce))
      byTaskforce.set(uuid, [...(byTaskforce.get(uuid) ?? []), report]);
  return [...byTaskforce].flatMap(([uuid, reports]) => {
    const acknowledged = reports.filter(({ outcome }) => outcome === "done");
    const newest = Math.max(...acknowledged.map(({ sent }) => sent));
    // Without an answer it may have taken effect at any later time.
    const possible = reports.filter(({ ended }) => acknowledged.length === 0 || ended >= newest);
    const { compound_statuses, top_task_errors } = view.taskforces.get(uuid) ?? {};
    const shown = JSON.stringify([compound_statuses, top_task_errors]);
    const fits = possible.some(({ body }) => {
      const { compound_statuses_by_taskforce: statuses, top_task_errors_by_taskforce: errors } =
        body as StatusesBody;
      return JSON.stringify([statuses[uuid], errors[uuid]]) === shown;
    });
    return fits || (acknowledged.length === 0 && shown === "[{},{}]")
      ? []
      : [{ message: `its statuses are ${shown}, which no recent report said`, taskforce: uuid }];
  });
}
