import { z } from "zod";
import type { Phase } from "./phases.js";
import { count, epochSeconds, orNull, phaseMap } from "./schemaParts.js";
import { type StrayCluster, strayClusterSchema } from "./strayCluster.js";

/** Maximum length of each list. */
export const MAX_SHOWN_ENTRIES = { deadLetters: 20, leases: 50, next: 20, strayClusters: 20 } as const;

/** Seconds without a poll after which a TMS counts as silent. */
const SILENT_AFTER_SECONDS = 300;

/** Whether the TMS of a schedd does not ask for work. @param lastPoll epoch seconds; undefined for no known poll */
export const isSilent = (lastPoll: number | undefined, nowSeconds: number): boolean =>
  lastPoll === undefined || nowSeconds - lastPoll >= SILENT_AFTER_SECONDS;

const stateParts = {
  waiting: count("Taskforces that can be leased at once."),
  leased: count("Leased by a TMS, without a report yet."),
  delayed: count("In backoff: handed out again after a wait."),
  dead: count("Dead letters; an operator can retry them."),
  oldest_waiting_seconds: z.number().meta({
    description: "Longest wait of those that can be leased; 0 when there is none.",
  }),
};

/** State of one of a schedd's queues. */
export type ScheddQueueState = z.infer<z.ZodObject<typeof stateParts>>;

const contentsParts = {
  dead_letters: z
    .array(
      z.strictObject({
        taskforce_uuid: z.string(),
        reason: z.string().meta({ description: "The error of the last attempt; secrets in it are hidden." }),
        timestamp: epochSeconds.meta({ description: "When it became a dead letter." }),
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

/** A queue's taskforces by state. Times are epoch seconds. */
export type ScheddQueueContents = z.infer<z.ZodObject<typeof contentsParts>>;

/** State of an access point. */
export interface ScheddState<Queue extends ScheddQueueState = ScheddQueueState> {
  schedd: string;
  last_poll: number | null;
  taskforces_by_phase: Partial<Record<Phase, number>>;
  starter: Queue;
  stopper: Queue;
}

/** One access point, with the contents of its queues. */
export interface ScheddContents extends ScheddState<ScheddQueueState & ScheddQueueContents> {
  stray_clusters: StrayCluster[];
}

const scheddParts = <S extends z.ZodType>(queue: S) => ({
  schedd: z.string(),
  last_poll: orNull(epochSeconds, "When a TMS last polled, to a few seconds; null when no poll is known."),
  taskforces_by_phase: phaseMap(z.int(), "Phases without taskforces are left out."),
  starter: queue,
  stopper: queue,
});

const stateSchema = z
  .strictObject(stateParts)
  .meta({ id: "QueueState", description: "State of a queue of an access point." });

/** An access point in the list of all. */
export const scheddSchema = z
  .strictObject(scheddParts(stateSchema))
  .meta({ id: "ScheddState", description: "State of an access point." });

const contentsSchema = z
  .strictObject({ ...stateParts, ...contentsParts })
  .meta({ id: "QueueContents", description: "State of a queue, and its taskforces by state." });

/** One access point. */
export const scheddContentsSchema = z
  .strictObject({
    ...scheddParts(contentsSchema),
    stray_clusters: z.array(strayClusterSchema).meta({
      description:
        `Clusters whose reports were rejected, newest first; ${MAX_SHOWN_ENTRIES.strayClusters} at most. ` +
        "Those of unknown taskforces have no access point.",
    }),
  })
  .meta({ id: "ScheddContents", description: "State of an access point, with the contents of its queues." });
