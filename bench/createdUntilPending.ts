import { setTimeout as delay } from "node:timers/promises";
import type { Redis } from "ioredis";
import { indexKey } from "../src/store/keys.js";
import type { Benchmark } from "./benchmark.js";
import { postRequest, sendRecording } from "./createOne.js";
import { sampleWorkflowRequest } from "./prepare.js";
import { RECORDED_SHAPES, type RecordingName } from "./recordedWrites.js";
import { measureRequestRate } from "./requestRate.js";

const CONNECTIONS = 32;
const POLL_INTERVAL_MS = 5;
/** Milliseconds until all taskforces of a round must be pending. */
const TIMEOUT_MS = 120_000;

/** The number of taskforces in pending-starter. */
async function countPending(redis: Redis, partitions: number): Promise<number> {
  const pipeline = redis.pipeline();
  for (let partition = 0; partition < partitions; partition++)
    pipeline.zcard(indexKey(partition, "taskforce", "phase", "pending-starter"));
  const replies = (await pipeline.exec()) ?? [];
  return replies.reduce((sum, [, count]) => sum + Number(count), 0);
}

/**
 * Compares workflows a second, from the first request until all taskforces wait in their starter queues, with one `MULTI` for
 * each that writes this final state.
 */
const untilPendingBenchmark = (shape: keyof typeof RECORDED_SHAPES, workflows: number): Benchmark => {
  const { tasks, locations } = RECORDED_SHAPES[shape];
  const recording: RecordingName = `${shape} pending`;
  return {
    name: `created until pending, ${tasks} × ${locations.length}, 32 connections`,
    minRatio: 0.35,
    shows: "rate",
    givesWorkToWorker: true,
    async prepare({ redis, wms, recordings, scale }) {
      const amount = scale(workflows, CONNECTIONS);
      const { partitions } = wms.store;
      const body = sampleWorkflowRequest(tasks, [...locations]);
      return async ({ ours, baseline }) => {
        const multi = await sendRecording(baseline.url, recording, recordings[recording]);
        return {
          async ours() {
            const wanted = (await countPending(redis, partitions)) + amount * tasks * locations.length;
            const beganMs = performance.now();
            await measureRequestRate(ours.url, CONNECTIONS, amount, [postRequest("/v1/workflows", body)]);
            while ((await countPending(redis, partitions)) < wanted) {
              if (performance.now() - beganMs > TIMEOUT_MS) throw new Error(`not pending after ${TIMEOUT_MS} ms`);
              await delay(POLL_INTERVAL_MS);
            }
            return (1000 * amount) / (performance.now() - beganMs);
          },
          baseline: () => measureRequestRate(baseline.url, CONNECTIONS, amount, [postRequest(multi, body)]),
        };
      };
    },
  };
};

/** One taskforce in each workflow, and ten. */
export const untilPendingBenchmarks: readonly Benchmark[] = [
  untilPendingBenchmark("one", 1000),
  untilPendingBenchmark("ten", 300),
];
