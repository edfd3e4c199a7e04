import { z } from "zod";
import { PHASES, type Phase } from "./phases.js";
import { epochSeconds } from "./schemaParts.js";

/** How one of a schedd's queues stands. */
export interface ScheddQueueState {
  /** Can be taken at once. */
  waiting: number;
  /** Taken, and not reported yet. */
  leased: number;
  /** Wait before they are tried again. */
  delayed: number;
  /** Given up, left to the operator. */
  dead: number;
  /** How long the one waits that waits longest of those that can be taken; 0: none does. */
  oldest_waiting_seconds: number;
}

/** Which taskforces are where in a queue. Times are epoch seconds. */
export interface ScheddQueueContents {
  /** Newest first. */
  dead_letters: { taskforce_uuid: string; reason: string; timestamp: number }[];
  /** Oldest first. */
  leases: { taskforce_uuid: string; since: number }[];
  /** In the order in which they will be handed out. */
  next: string[];
}

/** Entries of each list at most. */
export const MAX_SHOWN_ENTRIES = { deadLetters: 20, leases: 50, next: 20 } as const;

/** How an access point stands. */
export interface ScheddState<Queue extends ScheddQueueState = ScheddQueueState> {
  schedd: string;
  /** When a TMS last asked for work, in epoch seconds, to a few seconds; null: never, as far as is known. */
  last_poll: number | null;
  /** Phases without any are left out. */
  taskforces_by_phase: Partial<Record<Phase, number>>;
  starter: Queue;
  stopper: Queue;
}

const count = (description: string) => z.int().meta({ description });

const stateParts = {
  waiting: count("Taskforces that can be taken at once."),
  leased: count("Taken by a TMS, and not reported yet."),
  delayed: count("To be handed out again after a wait."),
  dead: count("Given up; an operator can retry them."),
  oldest_waiting_seconds: z
    .number()
    .meta({ description: "How long the first of those that can be taken waits; 0 when none does." }),
};

const contentsParts = {
  dead_letters: z
    .array(
      z.strictObject({
        taskforce_uuid: z.string(),
        reason: z.string().meta({ description: "Why it failed the last time." }),
        timestamp: epochSeconds.meta({ description: "When it was given up." }),
      }),
    )
    .meta({ description: `Newest first; ${MAX_SHOWN_ENTRIES.deadLetters} at most.` }),
  leases: z
    .array(
      z.strictObject({
        taskforce_uuid: z.string(),
        since: epochSeconds.meta({ description: "When it was handed out." }),
      }),
    )
    .meta({ description: `Oldest first; ${MAX_SHOWN_ENTRIES.leases} at most.` }),
  next: z.array(z.string()).meta({
    description: `Taskforces in the order in which they will be handed out; ${MAX_SHOWN_ENTRIES.next} at most.`,
  }),
};

const scheddParts = <S extends z.ZodType>(queue: S) => ({
  schedd: z.string(),
  last_poll: z.union([epochSeconds, z.null()]).meta({
    description: "When a TMS last asked for work, to a few seconds; null when none ever did, as far as is known.",
  }),
  taskforces_by_phase: z
    .strictObject(Object.fromEntries(PHASES.map((phase) => [phase, z.int()])))
    .partial()
    .meta({ description: "Phases without taskforces are left out." }),
  starter: queue,
  stopper: queue,
});

const stateSchema = z
  .strictObject(stateParts)
  .meta({ id: "QueueState", description: "How a queue of an access point stands." });

/** An access point in the list of all. */
export const scheddSchema = z
  .strictObject(scheddParts(stateSchema))
  .meta({ id: "ScheddState", description: "How an access point stands." });

const contentsSchema = z
  .strictObject({ ...stateParts, ...contentsParts })
  .meta({ id: "QueueContents", description: "How a queue stands, and which taskforces are where." });

/** One access point. */
export const scheddContentsSchema = z
  .strictObject(scheddParts(contentsSchema))
  .meta({ id: "ScheddContents", description: "How an access point stands, and what is in its queues." });
