import { abortBenchmark } from "./abortWorkflow.js";
import type { Benchmark } from "./benchmark.js";
import { untilPendingBenchmarks } from "./createdUntilPending.js";
import { createWorkflowBenchmark } from "./createOne.js";
import { leaseAndSubmitBenchmark } from "./leaseAndSubmit.js";
import { pollEmptyBenchmark } from "./pollEmpty.js";
import { queryBenchmarks } from "./queries/queryBenchmarks.js";
import { readTaskforceBenchmark } from "./readTaskforce.js";
import { reportStatusesBenchmark } from "./statusesOfMany.js";

/** All benchmarks of `npm run bench`. Those that add taskforces come after the queries, whose matches are thus fixed. */
export const BENCHMARK_PARTS: readonly (readonly Benchmark[])[] = [
  [...queryBenchmarks, pollEmptyBenchmark],
  [
    readTaskforceBenchmark,
    leaseAndSubmitBenchmark,
    reportStatusesBenchmark,
    abortBenchmark,
    createWorkflowBenchmark,
    ...untilPendingBenchmarks,
  ],
];
