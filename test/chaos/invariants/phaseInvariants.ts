import { type Phase, type PhaseChange, STOPPABLE } from "../../../src/domain/phases.js";
import { SETTINGS } from "../deployment.js";
import type { Evidence, Finding } from "../evidence.js";

const FORWARD: Partial<Record<Phase, Phase>> = {
  "pre-mq-activation": "pre-launch",
  "pre-launch": "pending-starter",
  "pending-starter": "condor-submit",
};

/** The contract's graph. condor-rm and condor-complete are facts, taken in any phase; condor-complete is final. */
function mayMove(from: Phase | undefined, { target_phase: to, source_entity }: PhaseChange): boolean {
  if (from === undefined) return to === "pre-mq-activation";
  if (from === "condor-complete" || from === to)
    return from === "pending-starter" && source_entity === "Operator";
  if (to === "condor-complete" || to === "condor-rm") return true;
  if (to === "pending-stopper") return STOPPABLE.includes(from);
  return FORWARD[from] === to;
}

/** No phase moved against the contract's graph, and each taskforce is where its log says. */
export function phasesFollowTheGraph({ view }: Evidence): Finding[] {
  return [...view.taskforces.values()].flatMap(({ taskforce_uuid: taskforce, phase, phase_change_log }) => {
    const findings: Finding[] = [];
    let from: Phase | undefined;
    for (const change of phase_change_log) {
      if (!change.was_successful) continue;
      if (!mayMove(from, change))
        findings.push({ message: `moved from ${from} to ${change.target_phase}`, taskforce });
      from = change.target_phase;
    }
    if (from !== phase)
      findings.push({ message: `is in ${phase}, and its log ends with ${from}`, taskforce });
    return findings;
  });
}

/** None that was started lacks a `cluster_id`, and the access point knows the cluster. */
export function startedOnesHaveACluster({ view, condors }: Evidence): Finding[] {
  const clusters = new Map(
    condors.flatMap(({ clusters }) => clusters).map((cluster) => [cluster.id, cluster]),
  );
  return [...view.taskforces.values()].flatMap(
    ({ taskforce_uuid: taskforce, cluster_id, phase_change_log }) => {
      const started = phase_change_log.some(
        (each) => each.target_phase === "condor-submit" && each.was_successful,
      );
      if (started && cluster_id === null)
        return [{ message: "was started and has no cluster_id", taskforce }];
      if (cluster_id !== null && clusters.get(cluster_id)?.uuid !== taskforce)
        return [
          {
            message: `has cluster ${cluster_id}, which was submitted for ${clusters.get(cluster_id)?.uuid}`,
            taskforce,
          },
        ];
      return [];
    },
  );
}

/** Of a workflow that was aborted or finished no cluster runs. */
export function endedWorkflowsRunNothing({ view, condors }: Evidence): Finding[] {
  const runs = condors.flatMap(({ clusters }) => clusters).filter(({ runs }) => runs);
  return runs.flatMap(({ id, uuid }) => {
    const workflow = view.workflows.get(view.taskforces.get(uuid)?.workflow_id ?? "");
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
export function runningClustersAreKnown({ view, condors }: Evidence): Finding[] {
  const runs = condors.flatMap(({ clusters }) => clusters).filter(({ runs }) => runs);
  return runs.flatMap(({ id, uuid }) => {
    const known = view.taskforces.get(uuid)?.cluster_id;
    return known === id
      ? []
      : [{ message: `its cluster ${id} runs, and the service knows ${known}`, taskforce: uuid }];
  });
}

/** A taskforce that is on its way, rather than at rest: it runs, has ended, was given up, or never had a cluster to stop. */
export function isTransient(
  { phase, cluster_id }: { phase: Phase; cluster_id: number | null },
  failures: number,
): boolean {
  if (phase === "pending-stopper") return cluster_id !== null;
  if (phase === "pending-starter") return failures <= SETTINGS.actionRetries;
  return phase === "pre-mq-activation" || phase === "pre-launch";
}

/** Nothing stays in a phase that something should lead it out of. */
export function nothingIsLeftOnItsWay({ snapshot }: Evidence): Finding[] {
  return [...snapshot.taskforce.values()]
    .filter(({ entity, record }) => isTransient(entity, record.submit_failures ?? 0))
    .map(({ entity }) => ({ message: `stays in ${entity.phase}`, taskforce: entity.taskforce_uuid }));
}
