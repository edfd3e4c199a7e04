import { setTimeout as delay } from "node:timers/promises";
import { createQueues } from "../../src/queues/queues.js";
import { openStore } from "../../src/store/store.js";
import { SETTINGS } from "../../test/chaos/deployment.js";
import { Dice } from "../../test/chaos/randomSource.js";
import { History } from "../../test/chaos/requestHistory.js";
import {
  countsEqualARecount,
  indexesEqualAScan,
  queuesEqualThePhases,
} from "../../test/chaos/invariants/projectionInvariants.js";
import { summariesEqualARecount } from "../../test/chaos/invariants/summaryInvariants.js";
import { takeSnapshot } from "../../test/chaos/storeSnapshot.js";
import { takeView } from "../../test/chaos/apiView.js";
import { Wire } from "../../test/chaos/recordingClient.js";
import type { Redises } from "./redisDeployment.js";

/** Milliseconds until which what is only behind has caught up. */
const PATIENCE = 30_000;

/** Compares indexes, queues, counts and summaries with the records. @returns what still contradicts them after a while */
export async function contradictions({ open, partitions }: Redises, url: string): Promise<string[]> {
  const redis = open();
  const store = await openStore(redis, { partitions });
  const queues = createQueues({
    redis,
    leaseSeconds: SETTINGS.leaseSeconds,
    schedds: await store.knownSchedds(),
  });
  const wire = new Wire(new History(), [{ port: Number(new URL(url).port) }], new Dice(1));
  const enough = Date.now() + PATIENCE;
  try {
    for (;;) {
      const evidence = {
        snapshot: await takeSnapshot(redis, store),
        view: await takeView(wire),
        wire,
        redis,
        store,
        queues,
      };
      const found = [
        ...indexesEqualAScan(evidence),
        ...(await queuesEqualThePhases(evidence)),
        ...(await countsEqualARecount(evidence)),
        ...(await summariesEqualARecount(evidence)),
      ];
      if (found.length === 0 || Date.now() > enough)
        return found.map(({ message, taskforce = "" }) => `${taskforce} ${message}`.trim());
      await delay(1000);
    }
  } finally {
    await queues.close();
    redis.disconnect();
  }
}
