import { partitionOf, recordKey } from "../src/store/keys.js";
import type { Benchmark } from "./main.js";
import { createPendingTaskforces } from "./prepare.js";
import { measureRequestRate } from "./requestRate.js";

const CONNECTIONS = 32;
const REQUESTS = 16_000;

/** Compares the read of one taskforce with one `HGETALL` of the same hash. */
export const readTaskforceBenchmark: Benchmark = {
  name: "GET /v1/taskforces/{uuid}, 32 connections",
  minRatio: 0.85,
  rounds: 7,
  async setUp({ wms, ours, baseline }) {
    const [uuid] = await createPendingTaskforces(wms, 1);
    if (uuid === undefined) throw new Error("no taskforce");
    const key = recordKey(partitionOf(uuid, wms.store.partitions), "taskforce", uuid);
    return {
      ours: () => measureRequestRate(ours.url, CONNECTIONS, REQUESTS, [{ path: `/v1/taskforces/${uuid}` }]),
      baseline: () =>
        measureRequestRate(baseline.url, CONNECTIONS, REQUESTS, [{ path: `/hgetall/${encodeURIComponent(key)}` }]),
    };
  },
};
