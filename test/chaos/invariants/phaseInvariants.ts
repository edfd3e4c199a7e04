import { type Phase, type PhaseChange, STOPPABLE_PHASES } from "../../../src/domain/phases.js";
import { CHAOS_SETTINGS } from "../deployment.js";
import type { Evidence, Finding } from "../evidence.js";

const NEXT_PHASE: Partial<Record<Phase, Phase>> = {
  "pre-mq-activation": "pre-launch",
  "pre-launch": "pending-starter",
  "pending-starter": "condor-submit",
};

/** The contract's graph. condor-rm and condor-complete are facts, taken in any phase; condor-complete is final. */
function isAllowedTransition(from: Phase | undefined, { target_phase: to, source_entity }: PhaseChange): boolean {
  if (from === undefined) return to === "pre-mq-activation";
  if (from === "condor-complete" || from === to) return from === "pending-starter" && source_entity === "Operator";
  if (to === "condor-complete" || to === "condor-rm") return true;
  if (to === "pending-stopper") return STOPPABLE_PHASES.includes(from);
  return NEXT_PHASE[from] === to;
}

/** No phase moved against the contract's graph, and each taskforce is where its log says. */
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
    if (from !== phase) findings.push({ message: `is in ${phase}, and its log ends with ${from}`, taskforce });
    return findings;
  });
}

/** None that was started lacks a `cluster_id`, and the access point knows the cluster. */
export function startedTaskforcesHaveCluster({ apiView, condors }: Evidence): Finding[] {
  const clusters = new Map(condors.flatMap(({ clusters }) => clusters).map((cluster) => [cluster.id, cluster]));
  return [...apiView.taskforces.values()].flatMap(({ taskforce_uuid: taskforce, cluster_id, phase_change_log }) => {
    const started = phase_change_log.some((each) => each.target_phase === "condor-submit" && each.was_successful);
    if (started && cluster_id === null) return [{ message: "was started and has no cluster_id", taskforce }];
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

/** Of a workflow that was aborted or finished no cluster runs. */
export function endedWorkflowsRunNothing({ apiView, condors }: Evidence): Finding[] {
  const runs = condors.flatMap(({ clusters }) => clusters).filter(({ isRunning }) => isRunning);
  return runs.flatMap(({ id, uuid }) => {
    const workflow = apiView.workflows.get(apiView.taskforces.get(uuid)?.workflow_id ?? "");
    return workflow?.deactivated === null
      ? []
      : [
          {
            message: `its cluster ${id} still runs, and its workflow is ${workflow?.deactivated}`,
            taskforce: uuid,
          },
        ];
  });
}

/** A cluster that runs is the one that the service knows of. */
export function runningClustersAreKnown({ apiView, condors }: Evidence): Finding[] {
  const runs = condors.flatMap(({ clusters }) => clusters).filter(({ isRunning }) => isRunning);
  return runs.flatMap(({ id, uuid }) => {
    const known = apiView.taskforces.get(uuid)?.cluster_id;
    return known === id ? [] : [{ message: `its cluster ${id} runs, and the service knows ${known}`, taskforce: uuid }];
  });
}

/** A taskforce that is on its way, rather than at rest: it runs, has ended, was given up, or never had a cluster to stop. */
export function isTransient(
  { phase, cluster_id }: { phase: Phase; cluster_id: number | null },
  failures: number,
): boolean {
  if (phase === "pending-stopper") return cluster_id !== null;
  if (phase === "pending-starter") return failures <= CHAOS_SETTINGS.actionRetries;
  return phase === "pre-mq-activation" || phase === "pre-launch";
}

/** Nothing stays in a phase that something should lead it out of. */
export function nothingStaysTransient({ snapshot }: Evidence): Finding[] {
  return [...snapshot.taskforce.values()]
    .filter(({ entity, record }) => isTransient(entity, record.submit_failures ?? 0))
    .map(({ entity }) => ({ message: `stays in ${entity.phase}`, taskforce: entity.taskforce_uuid }));
}
