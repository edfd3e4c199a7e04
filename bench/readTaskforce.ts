import { partitionOf, recordKey } from "../src/store/keys.js";
import type { Benchmark } from "./benchmark.js";
import { createPendingTaskforces } from "./prepare.js";
import { measureRequestRate } from "./requestRate.js";

const CONNECTIONS = 32;
const REQUESTS = 16_000;

/** Compares the read of one taskforce with one `HGETALL` of the same hash. */
export const readTaskforceBenchmark: Benchmark = {
  name: "GET /v1/taskforces/{uuid}, 32 connections",
  minRatio: 0.85,
  shows: "rate",
  givesWorkToWorker: false,
  async prepare({ wms, scale }) {
    const [uuid] = await createPendingTaskforces(wms, 1);
    if (uuid === undefined) throw new Error("no taskforce");
    const bare = `/hgetall/${encodeURIComponent(recordKey(partitionOf(uuid, wms.store.partitions), "taskforce", uuid))}`;
    const amount = scale(REQUESTS, CONNECTIONS);
    return async ({ ours, baseline }) => ({
      ours: () => measureRequestRate(ours.url, CONNECTIONS, amount, [{ path: `/v1/taskforces/${uuid}` }]),
      baseline: () => measureRequestRate(baseline.url, CONNECTIONS, amount, [{ path: bare }]),
    });
  },
};
