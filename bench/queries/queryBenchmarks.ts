import { isDeepStrictEqual } from "node:util";
import type { Benchmark } from "../benchmark.js";
import { quantile } from "../figures.js";
import type { MeasureRate } from "../ratio.js";
import { TimedHttpClient } from "../timedHttpClient.js";
import { QUERY_CASES, type QueryCase } from "./queryCases.js";

/** A round sends requests until its time is up, at least one. */
const ROUND_MS = 400;
/**
 * A TMS asks all day, so V8 has compiled the code of its queries, which takes a thousand requests. The further queries of a
 * run share most of the code.
 */
const FIRST_WARM_UP_MS = 20_000;
const WARM_UP_MS = 2_000;
let isWarm = false;

type Page = Record<string, unknown[]>;

/** Sends a query in sequence on one connection. @returns requests per second at the median of the times */
const measureQuery = (caller: TimedHttpClient, path: string, body: object, roundMs: number): MeasureRate => {
  const text = JSON.stringify(body);
  return async () => {
    const times: number[] = [];
    const began = performance.now();
    do times.push((await caller.callExpectingSuccess("POST", path, text)).took);
    while (performance.now() - began < roundMs);
    return 1000 / quantile(times, 0.5);
  };
};

/** Compares the responses of both sides. @returns the number of its entities @throws Error if the sides differ */
function compareAnswers(each: QueryCase, read: { ours: string; baseline: string }): number {
  const field = each.collection.replace("-", "_");
  const [ours = [], baseline = []] = [read.ours, read.baseline].map((text) => (JSON.parse(text) as Page)[field]);
  // A full page ends at a number of bytes, of which the service counts its cursor too.
  const common = Math.min(ours.length, baseline.length);
  const isSame = isDeepStrictEqual(ours.slice(0, common), baseline.slice(0, common));
  if (!isSame || Math.abs(ours.length - baseline.length) > 1)
    throw new Error(`${each.name}: ${ours.length} and ${baseline.length} entities, which differ`);
  return ours.length;
}

/** Compares a query with the least reads from Redis for the same answer. */
const queryBenchmark = (each: QueryCase, index: number): Benchmark => ({
  name: `query ${each.name}`,
  minRatio: each.minRatio ?? 0.5,
  shows: "milliseconds",
  givesWorkToWorker: false,
  async prepare({ targets, scale }) {
    return async (servers) => {
      const body = { query: each.query(targets), ...(each.projection && { projection: each.projection }) };
      const ours = new TimedHttpClient(servers.ours.url, 1);
      const baseline = new TimedHttpClient(servers.queryBaseline.url, 1);
      const path = `/v1/query/${each.collection}`;
      await baseline.callExpectingSuccess("POST", "/targets", targets);
      const matches = compareAnswers(each, {
        ours: (await ours.callExpectingSuccess("POST", path, body)).text,
        baseline: (await baseline.callExpectingSuccess("POST", `/${index}`, body)).text,
      });
      const roundMs = scale(ROUND_MS);
      const warmUpMs = scale(isWarm ? WARM_UP_MS : FIRST_WARM_UP_MS);
      isWarm = true;
      await measureQuery(ours, path, body, warmUpMs)();
      await measureQuery(baseline, `/${index}`, body, warmUpMs)();
      return {
        note: `${matches} ${matches === 1 ? "match" : "matches"}`,
        ours: measureQuery(ours, path, body, roundMs),
        baseline: measureQuery(baseline, `/${index}`, body, roundMs),
      };
    };
  },
});

/** A benchmark for each query. */
export const queryBenchmarks: readonly Benchmark[] = QUERY_CASES.map(queryBenchmark);
