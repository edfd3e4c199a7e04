import type { Queue } from "bullmq";
import type { TaskforceUuid } from "../../domain/ids.js";
import { PHASE_OF_LEASED_QUEUE } from "../../domain/phases.js";
import type { LeasedQueueName } from "../../domain/wmsEvents.js";
import type { Queues, ScheddQueues } from "../../queues/queues.js";
import type { Store } from "../../store/store.js";
import { countJobs, type JobCounts, readLongestWaitSeconds } from "./queueState.js";

/** The state of a queue. */
export interface QueueSnapshot {
  /** The name in BullMQ. */
  name: string;
  /** `starter`, `stopper`, or the name of a background queue. */
  queue: string;
  /** Undefined for a background queue. */
  schedd: string | undefined;
  isPaused: boolean;
  jobs: JobCounts;
  /** Seconds that the longest waiting taskforce has waited; 0 when none waits. Undefined for a background queue. */
  oldestWaitingSeconds?: number;
}

/** Reads the state of all queues. The cost grows with the number of schedds, not of taskforces. */
export async function readQueueSnapshots(store: Store, queues: Queues): Promise<QueueSnapshot[]> {
  const background = [queues.activation, queues.deactivation, queues.fanout, queues.webhooks].map(
    async ({ queue }) => ({
      ...(await readAnyQueue(queue)),
      queue: queue.name,
      schedd: undefined,
    }),
  );
  const leased = [...queues.schedds()].map(([schedd, both]) => readScheddSnapshots(store, schedd, both));
  return [...(await Promise.all(background)), ...(await Promise.all(leased)).flat()];
}

/** Reads the state of the two queues of a schedd. */
export const readScheddSnapshots = (store: Store, schedd: string, both: ScheddQueues): Promise<QueueSnapshot[]> =>
  Promise.all(
    (["starter", "stopper"] as const).map(async (kind) => {
      const { queue } = both[kind];
      const [state, oldestWaitingSeconds] = await Promise.all([
        readAnyQueue(queue),
        readOldestWaitingSeconds(store, queue, kind),
      ]);
      return { ...state, queue: kind, schedd, oldestWaitingSeconds };
    }),
  );

async function readAnyQueue(queue: Queue): Promise<Pick<QueueSnapshot, "name" | "isPaused" | "jobs">> {
  const [isPaused, jobs] = await Promise.all([queue.isPaused(), countJobs(queue)]);
  return { name: queue.name, isPaused, jobs };
}

/** Returns the seconds that the longest waiting taskforce of a schedd's queue has waited; 0 when none waits. */
export const readOldestWaitingSeconds = (store: Store, queue: Queue, kind: LeasedQueueName): Promise<number> =>
  readLongestWaitSeconds(queue, store.redis, (id) =>
    store.readPhaseSinceSeconds(id as TaskforceUuid, PHASE_OF_LEASED_QUEUE[kind]),
  );
