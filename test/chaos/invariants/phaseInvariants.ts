import { type Phase, type PhaseChange, STOPPABLE_PHASES } from "../../../src/domain/phases.js";
import { CHAOS_SETTINGS } from "../deployment.js";
import type { Evidence, Finding } from "../evidence.js";

const NEXT_PHASE: Partial<Record<Phase, Phase>> = {
  "pre-mq-activation": "pre-launch",
  "pre-launch": "pending-starter",
  "pending-starter": "condor-submit",
};

/** Checks a step against the contract's graph. condor-rm and condor-complete may follow any phase but the final one. */
function isAllowedTransition(from: Phase | undefined, { target_phase: to, source_entity }: PhaseChange): boolean {
  if (from === undefined) return to === "pre-mq-activation";
  if (from === "condor-complete" || from === to) return from === "pending-starter" && source_entity === "Operator";
  if (to === "condor-complete" || to === "condor-rm") return true;
  if (to === "pending-stopper") return STOPPABLE_PHASES.includes(from);
  return NEXT_PHASE[from] === to;
}

/** Checks that each log follows the contract's graph and ends with the phase of its taskforce. */
export function phasesFollowTheGraph({ apiView }: Evidence): Finding[] {
  return [...apiView.taskforces.values()].flatMap(({ taskforce_uuid: taskforce, phase, phase_change_log }) => {
    const findings: Finding[] = [];
    let from: Phase | undefined;
    for (const change of phase_change_log) {
      if (!change.was_successful) continue;
      if (!isAllowedTransition(from, change))
        findings.push({ message: `moved from ${from} to ${change.target_phase}`, taskforce });
      from = change.target_phase;
    }
    if (from !== phase) findings.push({ message: `is in ${phase}, but its log ends with ${from}`, taskforce });
    return findings;
  });
}

/** Checks that each started taskforce has a `cluster_id` that its access point submitted for it. */
export function startedTaskforcesHaveCluster({ apiView, condors }: Evidence): Finding[] {
  const clusters = new Map(condors.flatMap(({ clusters }) => clusters).map((cluster) => [cluster.id, cluster]));
  return [...apiView.taskforces.values()].flatMap(({ taskforce_uuid: taskforce, cluster_id, phase_change_log }) => {
    const started = phase_change_log.some((each) => each.target_phase === "condor-submit" && each.was_successful);
    if (started && cluster_id === null) return [{ message: "was started but has no cluster_id", taskforce }];
    if (cluster_id !== null && clusters.get(cluster_id)?.uuid !== taskforce)
      return [
        {
          message: `has cluster ${cluster_id}, which was submitted for ${clusters.get(cluster_id)?.uuid}`,
          taskforce,
        },
      ];
    return [];
  });
}

/** Checks that no cluster of an aborted or finished workflow runs. */
export function endedWorkflowsRunNothing({ apiView, condors }: Evidence): Finding[] {
  const runs = condors.flatMap(({ clusters }) => clusters).filter(({ isRunning }) => isRunning);
  return runs.flatMap(({ id, uuid }) => {
    const workflow = apiView.workflows.get(apiView.taskforces.get(uuid)?.workflow_id ?? "");
    return workflow?.deactivated === null
      ? []
      : [
          {
            message: `cluster ${id} still runs, but the workflow is ${workflow?.deactivated}`,
            taskforce: uuid,
          },
        ];
  });
}

/** Checks that each running cluster is the one in the `cluster_id` of its taskforce. */
export function runningClustersAreKnown({ apiView, condors }: Evidence): Finding[] {
  const runs = condors.flatMap(({ clusters }) => clusters).filter(({ isRunning }) => isRunning);
  return runs.flatMap(({ id, uuid }) => {
    const known = apiView.taskforces.get(uuid)?.cluster_id;
    return known === id ? [] : [{ message: `cluster ${id} runs, but the cluster_id is ${known}`, taskforce: uuid }];
  });
}

/** Whether a taskforce waits for the service or a TMS. Running, ended and dead-lettered taskforces do not wait. */
export function isTransient(
  { phase, cluster_id }: { phase: Phase; cluster_id: number | null },
  failures: number,
): boolean {
  if (phase === "pending-stopper") return cluster_id !== null;
  if (phase === "pending-starter") return failures <= CHAOS_SETTINGS.actionRetries;
  return phase === "pre-mq-activation" || phase === "pre-launch";
}

/** Checks that no taskforce stays in a transient phase. */
export function nothingStaysTransient({ snapshot }: Evidence): Finding[] {
  return [...snapshot.taskforce.values()]
    .filter(({ entity, record }) => isTransient(entity, record.submit_failures ?? 0))
    .map(({ entity }) => ({ message: `stays in ${entity.phase}`, taskforce: entity.taskforce_uuid }));
}
