import { Queue } from "bullmq";
import { BASELINE_QUEUE } from "./baseline.js";
import type { Benchmark } from "./benchmark.js";
import { BENCH_SCHEDD, createPendingTaskforces } from "./prepare.js";
import { type LoadRequests, measureRequestRate } from "./requestRate.js";

const POLLERS = 32;
/** Taskforces in each round, divided evenly among the pollers. */
const TASKFORCES = 3200;

/** The state of a poller between its two requests. */
interface PollerContext {
  id?: string;
}

let clusterId = 0;

const sampleSubmitBody = (clusterId: number): string =>
  JSON.stringify({
    cluster_id: clusterId,
    n_workers: 100,
    submit_dict: {
      universe: "container",
      request_cpus: 1,
      "+EWMSTaskforce": '"yes"',
      log: "/scratch/ewms/tms.log",
    },
    job_event_log_fpath: "/scratch/ewms/jel/2026-01-01.log",
  });

/** Each connection leases a taskforce and reports its submission. @param schedd has a taskforce for each pair of requests */
export const leaseAndSubmitRequests = (schedd: string): LoadRequests => [
  {
    path: `/v1/tms/pending-starter/taskforces?schedd=${schedd}`,
    onResponse: (_status, body, context) => {
      (context as PollerContext).id = JSON.parse(body).taskforce.taskforce_uuid;
    },
  },
  {
    setupRequest: (request, context) => ({
      ...request,
      method: "POST",
      path: `/v1/tms/condor-submit/taskforces/${(context as PollerContext).id}`,
      body: sampleSubmitBody(++clusterId),
    }),
  },
];

/** Compares leases and submissions of a starter queue with bare fetches and completions of BullMQ jobs. */
export const leaseAndSubmitBenchmark: Benchmark = {
  name: "lease + condor-submit, 32 pollers",
  minRatio: 0.5,
  shows: "rate",
  givesWorkToWorker: true,
  async prepare({ wms, redis, scale, rounds }) {
    const taskforces = scale(TASKFORCES, POLLERS);
    // For each round and the warm-up. The worker does not run yet, so it has no part in the launches.
    await createPendingTaskforces(wms, (rounds + 1) * taskforces);
    const bare: LoadRequests = [
      {
        path: "/take",
        onResponse: (_status, body, context) => {
          (context as PollerContext).id = JSON.parse(body).id;
        },
      },
      {
        setupRequest: (request, context) => ({
          ...request,
          method: "POST",
          path: `/done/${(context as PollerContext).id}`,
          headers: { "content-type": "application/json" },
          body: sampleSubmitBody(++clusterId),
        }),
      },
    ];
    const queue = new Queue(BASELINE_QUEUE, { connection: redis, prefix: "{baseline}" });
    return async ({ ours, baseline }) => ({
      ours: () => measureRequestRate(ours.url, POLLERS, 2 * taskforces, leaseAndSubmitRequests(BENCH_SCHEDD)),
      baseline: async () => {
        const jobs = Array.from({ length: taskforces }, () => ({ name: "job", data: {}, opts: { priority: 10 } }));
        await queue.addBulk(jobs);
        return measureRequestRate(baseline.url, POLLERS, 2 * taskforces, bare);
      },
    });
  },
};
