import { PHASE_ORDER, type Phase, type PhaseCounts } from "../api/apiTypes.ts";

/** What a person calls a phase. The phase's own name stands beside it wherever there is room. */
export const PHASE_LABELS: Record<Phase, string> = {
  "pre-mq-activation": "opening queues",
  "pre-launch": "launching",
  "pending-starter": "waiting to start",
  "condor-submit": "submitted",
  "pending-stopper": "waiting to stop",
  "condor-rm": "removed",
  "condor-complete": "complete",
};

/** Numbers by phase, in the order of a taskforce's life, without the empty ones. */
export const orderPhaseCounts = (phases: PhaseCounts): { phase: Phase; n: number }[] =>
  PHASE_ORDER.map((phase) => ({ phase, n: phases[phase] ?? 0 })).filter(({ n }) => n > 0);

/** Whether a workflow or task is over: everything in it has ended. */
export const areAllEnded = (phases: PhaseCounts): boolean => {
  const present = orderPhaseCounts(phases);
  return present.length > 0 && present.every(({ phase }) => phase === "condor-rm" || phase === "condor-complete");
};
