import { setTimeout as delay } from "node:timers/promises";
import { Queues } from "../../src/queues/queues.js";
import { openStore } from "../../src/store/store.js";
import { readApiView } from "../../test/chaos/apiView.js";
import { CHAOS_SETTINGS } from "../../test/chaos/deployment.js";
import {
  countsEqualRecount,
  indexesEqualScan,
  queuesEqualPhases,
} from "../../test/chaos/invariants/projectionInvariants.js";
import { summariesEqualRecount } from "../../test/chaos/invariants/summaryInvariants.js";
import { RandomSource } from "../../test/chaos/randomSource.js";
import { RecordingClient } from "../../test/chaos/recordingClient.js";
import { RequestHistory } from "../../test/chaos/requestHistory.js";
import { readStoreSnapshot } from "../../test/chaos/storeSnapshot.js";
import type { RedisDeployment } from "./redisDeployment.js";

/** Milliseconds after which pending updates must be applied. */
const CONVERGENCE_TIMEOUT_MS = 30_000;

/** Compares indexes, queues, counts and summaries with the records. @returns the contradictions that persist */
export async function findInconsistencies({ connect, partitions }: RedisDeployment, url: string): Promise<string[]> {
  const redis = connect();
  const store = await openStore(redis, { partitions });
  const queues = new Queues({
    redis,
    leaseSeconds: CHAOS_SETTINGS.leaseSeconds,
    schedds: await store.knownSchedds(),
  });
  const wire = new RecordingClient({
    history: new RequestHistory(),
    webProxies: [{ port: Number(new URL(url).port) }],
    random: new RandomSource(1),
  });
  const deadlineMs = Date.now() + CONVERGENCE_TIMEOUT_MS;
  try {
    for (;;) {
      const evidence = {
        snapshot: await readStoreSnapshot(redis, store),
        apiView: await readApiView(wire),
        client: wire,
        redis,
        store,
        queues,
      };
      const found = [
        ...indexesEqualScan(evidence),
        ...(await queuesEqualPhases(evidence)),
        ...(await countsEqualRecount(evidence)),
        ...(await summariesEqualRecount(evidence)),
      ];
      if (found.length === 0 || Date.now() > deadlineMs)
        return found.map(({ message, taskforce = "" }) => `${taskforce} ${message}`.trim());
      await delay(1000);
    }
  } finally {
    await queues.close();
    redis.disconnect();
  }
}
