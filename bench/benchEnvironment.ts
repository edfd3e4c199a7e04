import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureRedisServer } from "../scripts/setup/ensureRedisServer.js";
import { startOwnRedis } from "../src/redis/provideRedis.js";
import { type PreparedStore, prepareStore } from "./prepare.js";
import { type ServerProcess, startServerProcess } from "./serverProcess.js";

/** The environment of a benchmark: its own Redis, and processes of the service that use it. */
export interface BenchEnvironment extends PreparedStore {
  redisUrl: string;
  /** Starts a process of the service. It ends with the environment at the latest. */
  startProcess(program: "web" | "worker", environment?: Record<string, string>): Promise<ServerProcess>;
}

/**
 * Creates an environment, runs the work and removes the environment, also after an error or a signal. The exit code is 1 if
 * the work misses a limit.
 *
 * @param environment settings of all processes of the service
 * @param work returns whether all limits are met
 */
export async function withBenchEnvironment(
  environment: Record<string, string>,
  work: (site: BenchEnvironment) => Promise<boolean>,
): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), "wms-bench-"));
  await ensureRedisServer();
  const redis = await startOwnRedis({ dataDir, appendOnly: false });
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
    const start: BenchEnvironment["startProcess"] = async (program, more = {}) => {
      const started = await startServerProcess([`dist/${program}.js`], { ...settings, ...more });
      closings.push(started.stop);
      return started;
    };
    process.exitCode = (await work({ ...preparation, redisUrl: url, startProcess: start })) ? 0 : 1;
  } finally {
    await close();
  }
}
