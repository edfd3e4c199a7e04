import type { Taskforce } from "../../../src/domain/taskforce.js";
import type { Evidence, Finding, Interval } from "../evidence.js";
import { groupBy } from "../groupBy.js";
import { type Attempts, REQUEST_TIMEOUT_MS } from "../recordingClient.js";
import type { RecordedRequest } from "../requestHistory.js";

/** Checks that each acknowledged workflow exists, with all its parts and the requested end. */
export function createdWorkflowsExist({ expectations, apiView }: Evidence): Finding[] {
  const findings: Finding[] = [];
  for (const { workflow, tasks, taskforces } of expectations.workflows.values()) {
    if (!apiView.workflows.has(workflow)) findings.push({ message: `${workflow} was created but is missing` });
    for (const task of tasks)
      if (!apiView.directives.has(task)) findings.push({ message: `${task} was created but is missing` });
    for (const taskforce of taskforces)
      if (!apiView.taskforces.has(taskforce)) findings.push({ message: "was created but is missing", taskforce });
  }
  for (const [workflow, state] of expectations.endedWorkflows)
    if (apiView.workflows.get(workflow)?.deactivated !== state)
      findings.push({ message: `${workflow} is not ${state}, though the request was acknowledged` });
  for (const [n_workers, { taskforce }] of expectations.addedTaskforces)
    if (apiView.taskforces.get(taskforce) === undefined)
      findings.push({ message: `the taskforce with ${n_workers} workers was added but is missing`, taskforce });
  return findings;
}

/**
 * Checks that each request took effect at most once: those with an `Idempotency-Key` always, those without one unless their
 * response was lost behind the service.
 */
export function requestsTakeEffectOnce({ expectations, apiView, responseLosses }: Evidence): Finding[] {
  const { keylessRequests, addedTaskforces, refusedRepetitions } = expectations;
  const mayBeTwice = (mark: string | number): boolean => {
    const attempts = keylessRequests.get(mark);
    return attempts !== undefined && mayHaveLostResponse(attempts, responseLosses);
  };
  const workflowsByMark = groupBy(apiView.directives.values(), ({ task_args }) => task_args);
  const findings: Finding[] = [];
  for (const [mark, directives] of workflowsByMark) {
    const workflows = new Set(directives.map(({ workflow_id }) => workflow_id));
    if (workflows.size > 1 && !mayBeTwice(mark))
      findings.push({ message: `the request ${mark} created ${[...workflows].join(" and ")}` });
  }
  const byWorkers = groupBy(apiView.taskforces.values(), ({ n_workers }) => n_workers);
  for (const n_workers of addedTaskforces.keys()) {
    const created = byWorkers.get(n_workers) ?? [];
    if (created.length > 1 && !mayBeTwice(n_workers))
      findings.push({ message: `the request for ${n_workers} workers created ${created.length} taskforces` });
  }
  for (const { workflow, ...attempts } of refusedRepetitions)
    if (!mayHaveLostResponse(attempts, responseLosses))
      findings.push({ message: `the end of ${workflow} was refused when it was repeated` });
  return findings;
}

/** Whether a response may have been lost behind the service: by a fault, or by a client that stopped waiting. */
const mayHaveLostResponse = ({ firstSentAtMs, endedAtMs }: Attempts, losses: readonly Interval[]): boolean =>
  endedAtMs - firstSentAtMs >= REQUEST_TIMEOUT_MS ||
  losses.some((loss) => firstSentAtMs < loss.endedAtMs && endedAtMs > loss.beganAtMs);

/** Milliseconds by which a timestamp may differ from the time of its request. */
const CLOCK_TOLERANCE_MS = 1000;

/** Checks that workflows have the time of their creation, whatever the clocks of processes say. */
export const timestampsAreReal = ({ expectations }: Evidence): Finding[] =>
  [...expectations.workflows.values()].flatMap(({ workflow, timestamp, firstSentAtMs, endedAtMs }) =>
    1000 * timestamp > firstSentAtMs - CLOCK_TOLERANCE_MS && 1000 * timestamp < endedAtMs + CLOCK_TOLERANCE_MS
      ? []
      : [{ message: `${workflow} has the timestamp ${timestamp}, and was created by ${endedAtMs / 1000}` }],
  );

/** Checks that each acknowledged report is stored. */
export function reportsAreVisible({ history, apiView }: Evidence): Finding[] {
  const findings: Finding[] = [];
  for (const report of history.acknowledged("submit", "submit-failed", "remove", "remove-failed", "complete")) {
    const taskforce = apiView.taskforces.get(report.subject);
    const missing = taskforce === undefined ? "the taskforce is missing" : missingPart(report, taskforce);
    if (missing !== undefined)
      findings.push({
        message: `the report ${report.kind} of ${new Date(report.sentAtMs).toISOString()}: ${missing}`,
        taskforce: report.subject,
      });
  }
  return findings;
}

function missingPart({ kind, body }: RecordedRequest, taskforce: Taskforce): string | undefined {
  const log = taskforce.phase_change_log;
  const sent = body as { cluster_id?: number; error?: string; condor_complete_ts?: number };
  switch (kind) {
    case "submit":
      if (taskforce.cluster_id !== sent.cluster_id)
        return `its cluster is ${taskforce.cluster_id}, not ${sent.cluster_id}`;
      return log.some(({ target_phase }) => target_phase === "condor-submit") ? undefined : "not in the log";
    case "remove":
      return log.some(({ target_phase }) => target_phase === "condor-rm") ? undefined : "not in the log";
    case "complete":
      return taskforce.phase === "condor-complete" ? undefined : `its phase is ${taskforce.phase}`;
    default:
      return log.some(({ context }) => context === `ERROR: ${sent.error}`) ? undefined : "not in the log";
  }
}

interface StatusesBody {
  compound_statuses_by_taskforce: Record<string, object>;
  top_task_errors_by_taskforce: Record<string, object>;
}

/** Checks that statuses come from the newest acknowledged report, or from one in progress when it was sent. */
export function statusesAreTheNewest({ history, apiView }: Evidence): Finding[] {
  const byTaskforce = new Map<string, RecordedRequest[]>();
  for (const report of history.ofKinds("statuses"))
    for (const uuid of Object.keys((report.body as StatusesBody).compound_statuses_by_taskforce))
      byTaskforce.set(uuid, [...(byTaskforce.get(uuid) ?? []), report]);
  return [...byTaskforce].flatMap(([uuid, reports]) => {
    const acknowledged = reports.filter(({ outcome }) => outcome === "done");
    const newest = Math.max(...acknowledged.map(({ sentAtMs }) => sentAtMs));
    // A report without a response may take effect at any later time.
    const possible = reports.filter(({ endedAtMs }) => acknowledged.length === 0 || endedAtMs >= newest);
    const { compound_statuses, top_task_errors } = apiView.taskforces.get(uuid) ?? {};
    const shown = JSON.stringify([compound_statuses, top_task_errors]);
    const isPossible = possible.some(({ body }) => {
      const { compound_statuses_by_taskforce: statuses, top_task_errors_by_taskforce: errors } = body as StatusesBody;
      return JSON.stringify([statuses[uuid], errors[uuid]]) === shown;
    });
    return isPossible || (acknowledged.length === 0 && shown === "[{},{}]")
      ? []
      : [{ message: `its statuses are ${shown}, which no recent report contained`, taskforce: uuid }];
  });
}
