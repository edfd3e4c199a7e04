import { partitionOf, recordKey } from "../src/store/keys.js";
import { load } from "./requestRate.js";
import type { Benchmark } from "./main.js";
import { pendingTaskforces } from "./prepare.js";

const CONNECTIONS = 32;
const AMOUNT = 16_000;

/** Reading one taskforce, against one `HGETALL` of the same hash. */
export const readTaskforce: Benchmark = {
  name: "GET /v1/taskforces/{uuid}, 32 connections",
  atLeast: 0.85,
  rounds: 7,
  async setUp({ wms, ours, baseline }) {
    const [uuid] = await pendingTaskforces(wms, 1);
    if (uuid === undefined) throw new Error("no taskforce");
    const key = recordKey(partitionOf(uuid, wms.store.partitions), "taskforce", uuid);
    return {
      ours: () => load(ours.url, CONNECTIONS, AMOUNT, [{ path: `/v1/taskforces/${uuid}` }]),
      baseline: () =>
        load(baseline.url, CONNECTIONS, AMOUNT, [{ path: `/hgetall/${encodeURIComponent(key)}` }]),
    };
  },
};
