import type { PHASE_LOG_TRIMMER } from "./entityLimits.js";
import type { LeasedQueueName } from "./wmsEvents.js";

/** Every phase of a taskforce, in the order of a life without failures. */
export const PHASES = [
  "pre-mq-activation",
  "pre-launch",
  "pending-starter",
  "condor-submit",
  "pending-stopper",
  "condor-rm",
  "condor-complete",
] as const;

/** A phase of a taskforce. */
export type Phase = (typeof PHASES)[number];

/** The phase of the taskforces in each queue that a TMS drains. */
export const PHASE_OF_LEASED_QUEUE = {
  starter: "pending-starter",
  stopper: "pending-stopper",
} as const satisfies Record<LeasedQueueName, Phase>;

/** The causes of a phase change, with their names in `phase_change_log[].source_entity`. */
export const PHASE_CHANGE_SOURCES = {
  user: "USER",
  tms: "TMS",
  deactivation: "User",
  activator: "Workflow MQ Activator",
  launcher: "Taskforce Launch Control",
  operator: "Operator",
} as const;

/** One of the names in {@link PHASE_CHANGE_SOURCES}, or that of the entry that counts the entries left out. */
export type Source = (typeof PHASE_CHANGE_SOURCES)[keyof typeof PHASE_CHANGE_SOURCES] | typeof PHASE_LOG_TRIMMER;

/** A TMS reports these two as facts about a cluster: each is legal in every earlier phase. */
const FACTS = { "condor-rm": "tms", "condor-complete": "tms" } as const;

/**
 * The legal transitions of a taskforce: from each phase, the phases that it may enter, and the source of the change.
 * Lua scripts check this table too: `store/scripts.ts` puts it in front of each script.
 */
export const PHASE_TRANSITIONS = {
  "pre-mq-activation": { "pre-launch": "activator", "pending-stopper": "deactivation", ...FACTS },
  "pre-launch": { "pending-starter": "launcher", "pending-stopper": "deactivation", ...FACTS },
  "pending-starter": {
    "pending-starter": "operator",
    "condor-submit": "tms",
    "pending-stopper": "deactivation",
    ...FACTS,
  },
  "condor-submit": { "pending-stopper": "deactivation", ...FACTS },
  "pending-stopper": FACTS,
  "condor-rm": { "condor-complete": "tms" },
  "condor-complete": {},
} as const satisfies Record<Phase, Partial<Record<Phase, keyof typeof PHASE_CHANGE_SOURCES>>>;

/** A phase that a taskforce may enter from another. */
export type NextPhase<From extends Phase> = keyof (typeof PHASE_TRANSITIONS)[From] & Phase;

const isStoppable = (phase: Phase): boolean => "pending-stopper" in PHASE_TRANSITIONS[phase];

/** Phases that a deactivation moves to pending-stopper. */
export const STOPPABLE_PHASES: readonly Phase[] = PHASES.filter(isStoppable);

/** Phases that a deactivation does not change: the taskforce is ending or has ended. */
export const ENDING_OR_FINISHED_PHASES: readonly Phase[] = PHASES.filter((phase) => !isStoppable(phase));

/**
 * Values of `phase_change_log[].context` for changes and for reports that come too late. Failures have contexts of
 * their own.
 */
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

/** One attempt, successful or failed, to change a taskforce's phase. Times are epoch seconds. */
export interface PhaseChange {
  target_phase: Phase;
  timestamp: number;
  was_successful: boolean;
  source_event_time: number | null;
  source_entity: Source;
  context: string;
}
