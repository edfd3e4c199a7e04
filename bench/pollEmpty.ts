import { EMPTY_SCHEDD } from "./benchLocations.js";
import type { Benchmark } from "./benchmark.js";
import { measureRequestRate } from "./requestRate.js";

const CONNECTIONS = 32;
const REQUESTS = 8000;

/** Compares polls of a schedd without taskforces with bare fetches from an empty BullMQ queue. */
export const pollEmptyBenchmark: Benchmark = {
  name: "poll of an empty queue, 32 connections",
  minRatio: 0.8,
  shows: "rate",
  givesWorkToWorker: false,
  async prepare({ scale }) {
    const amount = scale(REQUESTS, CONNECTIONS);
    const path = `/v1/tms/pending-starter/taskforces?schedd=${EMPTY_SCHEDD}`;
    return async ({ ours, baseline }) => ({
      ours: () => measureRequestRate(ours.url, CONNECTIONS, amount, [{ path }]),
      baseline: () => measureRequestRate(baseline.url, CONNECTIONS, amount, [{ path: "/take" }]),
    });
  },
};
