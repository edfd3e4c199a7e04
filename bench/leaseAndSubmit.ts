import { Queue } from "bullmq";
import { BASELINE_QUEUE } from "./baseline.js";
import { load, type Requests } from "./requestRate.js";
import type { Benchmark } from "./main.js";
import { pendingTaskforces, SCHEDD } from "./prepare.js";

const POLLERS = 32;
/** Taskforces for each round; the pollers share them evenly. */
const TASKFORCES = 3200;

/** What a poller remembers between its two requests. */
interface Poller {
  id?: string;
}

const submission = (clusterId: number): string =>
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

/** Draining a starter queue, against taking and ending BullMQ jobs and nothing else. */
export const takeAndSubmit: Benchmark = {
  name: "take + condor-submit, 32 pollers",
  atLeast: 0.8,
  rounds: 5,
  async setUp({ wms, redis, ours, baseline }) {
    let clusterId = 0;
    const poll: Requests = [
      {
        path: `/v1/tms/pending-starter/taskforces?schedd=${SCHEDD}`,
        onResponse: (_status, body, context) => {
          (context as Poller).id = JSON.parse(body).taskforce.taskforce_uuid;
        },
      },
      {
        setupRequest: (request, context) => ({
          ...request,
          method: "POST",
          path: `/v1/tms/condor-submit/taskforces/${(context as Poller).id}`,
          body: submission(++clusterId),
        }),
      },
    ];
    const bare: Requests = [
      {
        path: "/take",
        onResponse: (_status, body, context) => {
          (context as Poller).id = JSON.parse(body).id;
        },
      },
      {
        setupRequest: (request, context) => ({
          ...request,
          method: "POST",
          path: `/done/${(context as Poller).id}`,
          headers: { "content-type": "application/json" },
          body: submission(++clusterId),
        }),
      },
    ];
    const queue = new Queue(BASELINE_QUEUE, { connection: redis, prefix: "{baseline}" });
    return {
      ours: async () => {
        await pendingTaskforces(wms, TASKFORCES);
        return load(ours.url, POLLERS, 2 * TASKFORCES, poll);
      },
      baseline: async () => {
        const jobs = Array.from({ length: TASKFORCES }, () => ({
          name: "job",
          data: {},
          opts: { priority: 10 },
        }));
        await queue.addBulk(jobs);
        return load(baseline.url, POLLERS, 2 * TASKFORCES, bare);
      },
    };
  },
};
