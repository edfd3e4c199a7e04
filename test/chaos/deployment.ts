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

/** The settings that the invariants need to know. */
export const CHAOS_SETTINGS = { leaseSeconds: 8, actionRetries: 2, partitions: 16 } as const;

/** Access points, and the cluster locations by which users name them. */
export const CHAOS_ACCESS_POINTS = Array.from({ length: DEPLOYMENT_SIZES.accessPoints }, (_, n) => ({
  schedd: `access-point-${n}`,
  location: `pool-${n}`,
}));

/** Two web and two worker processes on one Redis, with a way that can be broken between all of them. */
export interface Deployment {
  redis: RedisProcess;
  webs: RestartingProgram[];
  workers: RestartingWorker[];
  /** From each process to Redis: those of the web processes first. */
  redisProxies: TcpProxy[];
  /** In front of each web process. */
  webProxies: TcpProxy[];
  close(): Promise<void>;
}

/**
 * Starts everything, and waits until it is there.
 *
 * @param built the folder whose `dist/` holds the programs
 * @param folder for data, clocks and nothing else
 */
export async function startDeployment(built: string, folder: string, mqsAddress: string): Promise<Deployment> {
  const dir = join(folder, "redis");
  await mkdir(dir);
  const redis = await RedisProcess.start(await ensureRedisServer(), dir);
  const proxy = async (port: number) => startTcpProxy({ host: "127.0.0.1", port }, await pickFreePort());
  const lines: TcpProxy[] = [];
  for (let count = 0; count < DEPLOYMENT_SIZES.webs + DEPLOYMENT_SIZES.workers; count++)
    lines.push(await proxy(redis.port));
  const environmentOf = (line: TcpProxy | undefined) => ({
    REDIS_URL: `redis://127.0.0.1:${line?.port}`,
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
  for (const [index, line] of lines.slice(0, DEPLOYMENT_SIZES.webs).entries()) {
    const port = await pickFreePort();
    const environment = { ...environmentOf(line), REST_PORT: String(port) };
    const place = new RestartingProgram(`web-${index}`, () => new Program(built, "web", environment));
    webs.push(place);
    await place.waitUntilReady();
    webProxies.push(await proxy(port));
  }
  const workers = lines.slice(DEPLOYMENT_SIZES.webs).map((line, index) => {
    const clock = join(folder, `clock-${index}`);
    writeFileSync(clock, "0");
    const environment = {
      ...environmentOf(line),
      NODE_OPTIONS: `--import ${STEPPED_CLOCK}`,
      STEPPED_CLOCK: clock,
    };
    return new RestartingWorker(`worker-${index}`, clock, () => new Program(built, "worker", environment));
  });
  await Promise.all(workers.map((place) => place.waitUntilReady()));

  return {
    redis,
    webs,
    workers,
    redisProxies: lines,
    webProxies,
    async close() {
      await Promise.all([...webs, ...workers].map((place) => place.kill()));
      await Promise.all([...lines, ...webProxies].map((proxy) => proxy.close()));
      await redis.kill();
    },
  };
}
