import type { LeasedQueueName } from "./wmsEvents.js";

/** Every phase of a taskforce, in the order of its life. */
export const PHASES = [
  "pre-mq-activation",
  "pre-launch",
  "pending-starter",
  "condor-submit",
  "pending-stopper",
  "condor-rm",
  "condor-complete",
] as const;

/** Where a taskforce stands. */
export type Phase = (typeof PHASES)[number];

/** The phase in which a taskforce waits in a queue that a TMS drains. */
export const PHASE_OF_LEASED_QUEUE = {
  starter: "pending-starter",
  stopper: "pending-stopper",
} as const satisfies Record<LeasedQueueName, Phase>;

/** Phases that a deactivation leaves as they are: the taskforce is ending or has ended. */
export const ENDING_OR_FINISHED_PHASES = ["pending-stopper", "condor-rm", "condor-complete"] as const satisfies Phase[];

/** Phases that a deactivation moves to pending-stopper. */
export const STOPPABLE_PHASES = PHASES.filter(
  (phase) => !(ENDING_OR_FINISHED_PHASES as readonly Phase[]).includes(phase),
);

/** Who caused a phase change, as `phase_change_log[].source_entity` names it. */
export const PHASE_CHANGE_SOURCES = {
  user: "USER",
  tms: "TMS",
  deactivation: "User",
  activator: "Workflow MQ Activator",
  launcher: "Taskforce Launch Control",
  operator: "Operator",
} as const;

/** One of the names in {@link PHASE_CHANGE_SOURCES}. */
export type Source = (typeof PHASE_CHANGE_SOURCES)[keyof typeof PHASE_CHANGE_SOURCES];

/** What `phase_change_log[].context` says of what goes as it should, and of what comes too late. The rest is told by others. */
export const PHASE_CHANGE_CONTEXTS = {
  created: "Created during initial workflow request.",
  added: "Created when adding more workers for this task directive.",
  queuesActive: "The message queues are active.",
  ready: "Ready to be started.",
  submitted: "HTCondor submission succeeded.",
  submittedTooLate: "Submitted, but the workflow was deactivated meanwhile: to be stopped.",
  aborted: "Workflow aborted by user.",
  abortedTooLate: "Workflow aborted by user. The taskforce was already ending or finished.",
  finished: "Workflow finished by user.",
  finishedTooLate: "Workflow finished by user. The taskforce was already ending or finished.",
  removed: "HTCondor removal succeeded.",
  removedTooLate: "The taskforce has already completed.",
  completed: "HTCondor cluster completed.",
} as const;

/** One attempt, good or failed, to change a taskforce's phase. Times are epoch seconds. */
export interface PhaseChange {
  target_phase: Phase;
  timestamp: number;
  was_successful: boolean;
  source_event_time: number | null;
  source_entity: Source;
  context: string;
}
