import { load } from "./requestRate.js";
import type { Benchmark } from "./main.js";
import { pendingTaskforces } from "./prepare.js";

const TASKFORCES = 1000;
const AMOUNT = 40;

/** The statuses of many taskforces in one request, against one pipelined `HSET` for each. */
export const statusesOfMany: Benchmark = {
  name: "statuses of 1,000 taskforces in one POST",
  atLeast: 0.4,
  rounds: 7,
  async setUp({ wms, ours, baseline }) {
    const uuids = await pendingTaskforces(wms, TASKFORCES);
    const byTaskforce = (value: unknown) => Object.fromEntries(uuids.map((uuid) => [uuid, value]));
    const body = JSON.stringify({
      compound_statuses_by_taskforce: byTaskforce({
        IDLE: { null: 12 },
        RUNNING: { Tasking: 70, WaitingOnFirstMessage: 13 },
        "HELD: memory usage exceeded": { FatalError: 5 },
      }),
      top_task_errors_by_taskforce: byTaskforce({
        "ValueError: no such pulse series": 3,
        "exit code 137": 2,
      }),
    });
    const post = { method: "POST", headers: { "content-type": "application/json" }, body } as const;
    return {
      ours: () => load(ours.url, 1, AMOUNT, [{ ...post, path: "/v1/tms/statuses/taskforces" }]),
      baseline: () => load(baseline.url, 1, AMOUNT, [{ ...post, path: "/hsets" }]),
    };
  },
};
