import type { ByPhase, Finding, Phase } from "./apiTypes.js";

/** The word that page and command line show for each phase of a taskforce, in the order of its life. */
export const PHASE_LABELS: Readonly<Record<Phase, string>> = {
  "pre-mq-activation": "activating queues",
  "pre-launch": "launching",
  "pending-starter": "waiting to start",
  "condor-submit": "submitted",
  "pending-stopper": "waiting to stop",
  "condor-rm": "removed",
  "condor-complete": "completed",
};

/** Entries by phase in the order of {@link PHASE_LABELS}, without phases that have none. */
export const orderByPhase = <T>(byPhase: Partial<Record<Phase, T>>): { phase: Phase; label: string; value: T }[] =>
  (Object.entries(PHASE_LABELS) as [Phase, string][]).flatMap(([phase, label]) => {
    const value = byPhase[phase];
    return value ? [{ phase, label, value }] : [];
  });

/**
 * The word that page and command line show for the state of a workflow.
 *
 * @param deactivated the field of the workflow
 * @param findings of its diagnosis, if they are known
 */
export function workflowStateLabel(
  deactivated: "ABORTED" | "FINISHED" | null,
  findings: readonly Pick<Finding, "code">[] = [],
): "running" | "completed" | "aborted" | "finished" {
  if (deactivated !== null) return deactivated === "ABORTED" ? "aborted" : "finished";
  return findings.some(({ code }) => code === "all-completed") ? "completed" : "running";
}

/** Whether findings say that something goes wrong. */
export const needAttention = (findings: readonly Pick<Finding, "severity">[]): boolean =>
  findings.some(({ severity }) => severity !== "info");

/** Whether a workflow or task has ended: it has taskforces, and each is removed or completed. */
export const areAllEnded = (byPhase: ByPhase): boolean => {
  const present = orderByPhase(byPhase);
  return present.length > 0 && present.every(({ phase }) => phase === "condor-rm" || phase === "condor-complete");
};
