import type { Benchmark } from "./benchmark.js";
import { createPendingTaskforces } from "./prepare.js";
import { measureRequestRate } from "./requestRate.js";

const TASKFORCES = 1000;
const REQUESTS = 40;

/** Compares the statuses of many taskforces in one request with one pipelined `HSET` for each. */
export const reportStatusesBenchmark: Benchmark = {
  name: "statuses of 1,000 taskforces in one POST",
  minRatio: 0.25,
  shows: "rate",
  givesWorkToWorker: true,
  async prepare({ wms, scale }) {
    const uuids = await createPendingTaskforces(wms, scale(TASKFORCES));
    const amount = scale(REQUESTS);
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
    return async ({ ours, baseline }) => ({
      ours: () => measureRequestRate(ours.url, 1, amount, [{ ...post, path: "/v1/tms/statuses/taskforces" }]),
      baseline: () => measureRequestRate(baseline.url, 1, amount, [{ ...post, path: "/hsets" }]),
    });
  },
};
