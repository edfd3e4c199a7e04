import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, inject, test } from "vitest";
import { BENCHMARK_PARTS } from "../../bench/benchmarkParts.js";

/** Runs a program of the benchmarks with the build of this test run. @param signal ends it @returns its output */
async function runBenchmarkProgram(
  signal: AbortSignal,
  path: string,
  args: string[],
  environment: Record<string, string | undefined> = {},
) {
  const options = { signal, env: { ...process.env, BENCH_BUILD: inject("built"), ...environment } };
  return (await promisify(execFile)(process.execPath, ["--import", "tsx", path, ...args], options)).stdout;
}

/** Milliseconds. The programs need ten seconds of an idle machine, and many times that beside other test files. */
const timeout = 300_000;

test("every benchmark runs as deployed, and both sides of each query give the same answer", { timeout }, async ({
  signal,
}) => {
  const output = await runBenchmarkProgram(signal, "bench/main.ts", ["--quick"]);
  expect(output).toMatch(/^Redis \S+, appendonly yes, appendfsync everysec; one web and one worker process;/);
  const rows = output.split("\n").filter((line) => line.startsWith("| "));
  for (const { name } of BENCHMARK_PARTS.flat()) expect(rows).toContainEqual(expect.stringContaining(name));
});

test("a peer that is not available is skipped with the reason", { timeout }, async ({ signal }) => {
  const absent = { EXISTING_WMS_URL: undefined, DATABASE_URL: undefined, PATH: "/nowhere" };
  const output = await runBenchmarkProgram(signal, "bench/peers/main.ts", [], absent);
  expect(output).toBe(
    "skipped existing service: EXISTING_WMS_URL is not set\n" +
      "skipped Faktory: faktory is not on the PATH\n" +
      "skipped graphile-worker: DATABASE_URL is not set\n",
  );
});
