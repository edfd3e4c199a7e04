import { writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureRedisServer } from "../../scripts/setup/ensureRedisServer.js";
import { Program } from "../processes/serviceProgram.js";
import { startTcpProxy, type TcpProxy } from "../processes/tcpProxy.js";
import { pickFreePort } from "../setup/freePort.js";
import { DEPLOYMENT_SIZES } from "./faultPlan.js";
import { RedisProcess } from "./redisProcess.js";
import { RestartingProgram, RestartingWorker } from "./restartingProgram.js";

const STEPPED_CLOCK = fileURLToPath(new URL("./steppedClock.mjs", import.meta.url));

/** Settings that the invariants depend on. */
export const CHAOS_SETTINGS = { leaseSeconds: 8, actionRetries: 2, partitions: 16 } as const;

/** Access points, and the cluster locations by which users name them. */
export const CHAOS_ACCESS_POINTS = Array.from({ length: DEPLOYMENT_SIZES.accessPoints }, (_, n) => ({
  schedd: `access-point-${n}`,
  location: `pool-${n}`,
}));

/** Two web and two worker processes on one Redis, with a TCP proxy in front of each server. */
export interface Deployment {
  redis: RedisProcess;
  webs: RestartingProgram[];
  workers: RestartingWorker[];
  /** One proxy from each process to Redis; those of the web processes come first. */
  redisProxies: TcpProxy[];
  /** One proxy in front of each web process. */
  webProxies: TcpProxy[];
  close(): Promise<void>;
}

/**
 * Starts Redis, the processes and the proxies, and waits until the processes are ready.
 *
 * @param built the folder whose `dist/` holds the programs
 * @param folder an empty folder for the data of Redis and the clock files
 */
export async function startDeployment(built: string, folder: string, mqsAddress: string): Promise<Deployment> {
  const dir = join(folder, "redis");
  await mkdir(dir);
  const redis = await RedisProcess.start(await ensureRedisServer(), dir);
  const startProxy = async (port: number) => startTcpProxy({ host: "127.0.0.1", port }, await pickFreePort());
  const redisProxies: TcpProxy[] = [];
  for (let count = 0; count < DEPLOYMENT_SIZES.webs + DEPLOYMENT_SIZES.workers; count++)
    redisProxies.push(await startProxy(redis.port));
  const environmentOf = (proxy: TcpProxy | undefined) => ({
    REDIS_URL: `redis://127.0.0.1:${proxy?.port}`,
    MQS_ADDRESS: mqsAddress,
    CLUSTER_LOCATIONS: JSON.stringify(
      Object.fromEntries(CHAOS_ACCESS_POINTS.map(({ location, schedd }) => [location, { schedd }])),
    ),
    STORE_PARTITIONS: String(CHAOS_SETTINGS.partitions),
    TMS_LEASE_SECONDS: String(CHAOS_SETTINGS.leaseSeconds),
    TMS_ACTION_RETRIES: String(CHAOS_SETTINGS.actionRetries),
    TMS_RETRY_WAIT: "0.5",
    RECONCILE_SECONDS: "3",
    WORKFLOW_MQ_ACTIVATOR_MQS_RETRY_WAIT: "0.2",
    LOG_LEVEL: "warn",
  });

  const webs: RestartingProgram[] = [];
  const webProxies: TcpProxy[] = [];
  for (const [index, redisProxy] of redisProxies.slice(0, DEPLOYMENT_SIZES.webs).entries()) {
    const port = await pickFreePort();
    const environment = { ...environmentOf(redisProxy), REST_PORT: String(port) };
    const program = new RestartingProgram(`web-${index}`, () => new Program(built, "web", environment));
    webs.push(program);
    await program.waitUntilReady();
    webProxies.push(await startProxy(port));
  }
  const workers = redisProxies.slice(DEPLOYMENT_SIZES.webs).map((redisProxy, index) => {
    const clock = join(folder, `clock-${index}`);
    writeFileSync(clock, "0");
    const environment = {
      ...environmentOf(redisProxy),
      NODE_OPTIONS: `--import ${STEPPED_CLOCK}`,
      STEPPED_CLOCK: clock,
    };
    return new RestartingWorker(`worker-${index}`, clock, () => new Program(built, "worker", environment));
  });
  await Promise.all(workers.map((program) => program.waitUntilReady()));

  return {
    redis,
    webs,
    workers,
    redisProxies,
    webProxies,
    async close() {
      await Promise.all([...webs, ...workers].map((program) => program.kill()));
      await Promise.all([...redisProxies, ...webProxies].map((proxy) => proxy.close()));
      await redis.kill();
    },
  };
}
