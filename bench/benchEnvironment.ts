import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureRedisServer } from "../scripts/setup/ensureRedisServer.js";
import { startOwnRedis } from "../src/redis/provideRedis.js";
import { type PreparedStore, prepareStore } from "./prepare.js";
import { deployedNodeOptions, type ServerProcess, startServerProcess } from "./serverProcess.js";

/** The environment of a benchmark: its own Redis, and processes of the service that use it. */
export interface BenchEnvironment extends PreparedStore {
  redisUrl: string;
  /** Starts a process of the service. It ends with the environment at the latest. */
  startProcess(program: "web" | "worker", environment?: Record<string, string>): Promise<ServerProcess>;
  /** Starts a program of the benchmarks with the URL of Redis. It ends with the environment. @param path of a TypeScript file */
  startProgram(path: string): Promise<ServerProcess>;
}

/** The folder of `dist/`. The test suite has a build of its own. */
const BUILD_FOLDER = process.env["BENCH_BUILD"] ?? ".";

/**
 * Creates an environment, runs the work and removes the environment, also after an error or a signal. The exit code is 1 if
 * the work misses a limit.
 *
 * @param environment settings of all processes of the service
 * @param work returns whether all limits are met
 * @param options `appendOnly`: whether Redis keeps every write on disk, as in a deployment
 */
export async function withBenchEnvironment(
  environment: Record<string, string>,
  work: (site: BenchEnvironment) => Promise<boolean>,
  { appendOnly = false } = {},
): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), "wms-bench-"));
  await ensureRedisServer();
  const redis = await startOwnRedis({ dataDir, appendOnly });
  const { url } = redis.location;
  const closings: (() => Promise<void>)[] = [() => redis.stop()];
  const close = async () => {
    for (const closing of closings.splice(0).reverse()) await closing();
    rmSync(dataDir, { recursive: true, force: true });
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => void close().finally(() => process.exit(130)));
  const settings = {
    REDIS_URL: url,
    REST_PORT: "0",
    METRICS_PORT: "0",
    LOG_LEVEL: "warn",
    ...environment,
  };
  try {
    const preparation = await prepareStore(url, environment);
    closings.push(preparation.close);
    const start = async (...args: Parameters<typeof startServerProcess>) => {
      const started = await startServerProcess(...args);
      closings.push(started.stop);
      return started;
    };
    const site: BenchEnvironment = {
      ...preparation,
      redisUrl: url,
      startProcess: (program, more = {}) =>
        start([...deployedNodeOptions(), join(BUILD_FOLDER, `dist/${program}.js`)], { ...settings, ...more }),
      startProgram: (path) => start(["--import", "tsx", path, url]),
    };
    process.exitCode = (await work(site)) ? 0 : 1;
  } finally {
    await close();
  }
}
