import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Program } from "../processes/serviceProgram.js";
import { startTcpProxy, type TcpProxy } from "../processes/tcpProxy.js";
import { pickFreePort } from "../setup/freePort.js";
import { DEPLOYMENT_SIZES } from "./faultPlan.js";
import { startClusterRedis } from "./redis/clusterRedis.js";
import type { RedisKind, RedisSystem } from "./redis/redisSystem.js";
import { startSentinelRedis } from "./redis/sentinelRedis.js";
import { startSingleRedis } from "./redis/singleRedis.js";
import { RestartingProgram } from "./restartingProgram.js";

const STEPPED_CLOCK = fileURLToPath(new URL("./steppedClock.mjs", import.meta.url));

/** Settings that the invariants depend on. */
export const CHAOS_SETTINGS = { leaseSeconds: 8, actionRetries: 2, partitions: 16 } as const;

/** Access points, and the cluster locations by which users name them. */
export const CHAOS_ACCESS_POINTS = Array.from({ length: DEPLOYMENT_SIZES.accessPoints }, (_, n) => ({
  schedd: `access-point-${n}`,
  location: `pool-${n}`,
}));

/** Two web and two worker processes on a Redis. */
export interface Deployment {
  redis: RedisSystem;
  webs: RestartingProgram[];
  workers: RestartingProgram[];
  /** One proxy in front of each web process. */
  webProxies: TcpProxy[];
  close(): Promise<void>;
}

const STARTERS: Record<RedisKind, (folder: string) => Promise<RedisSystem>> = {
  single: (folder) => startSingleRedis(folder, DEPLOYMENT_SIZES.webs + DEPLOYMENT_SIZES.workers),
  sentinels: startSentinelRedis,
  cluster: startClusterRedis,
};

/**
 * Starts Redis, the processes and the proxies, and waits until the processes are ready.
 *
 * @param built the folder whose `dist/` holds the programs
 * @param folder an empty folder for the data of Redis and the clock files
 * @param upstreams the settings by which the processes find the MQS and the identity provider
 */
export async function startDeployment(
  { built, on }: { built: string; on: RedisKind },
  folder: string,
  upstreams: Record<string, string>,
): Promise<Deployment> {
  const redis = await STARTERS[on](folder);
  const environmentOf = (index: number) => ({
    ...redis.environmentOf(index),
    ...upstreams,
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
    NODE_OPTIONS: `--import ${STEPPED_CLOCK}`,
  });
  const startProgram = (program: "web" | "worker", index: number, environment: Record<string, string>) => {
    const name = `${program}-${index}`;
    const clock = join(folder, `clock-${name}`);
    writeFileSync(clock, "0");
    const own = { ...environment, STEPPED_CLOCK: clock };
    return new RestartingProgram(name, clock, () => new Program(built, program, own));
  };

  const webs: RestartingProgram[] = [];
  const webProxies: TcpProxy[] = [];
  for (let index = 0; index < DEPLOYMENT_SIZES.webs; index++) {
    const port = await pickFreePort();
    const program = startProgram("web", index, { ...environmentOf(index), REST_PORT: String(port) });
    webs.push(program);
    await program.waitUntilReady();
    webProxies.push(await startTcpProxy({ host: "127.0.0.1", port }, await pickFreePort()));
  }
  const workers = Array.from({ length: DEPLOYMENT_SIZES.workers }, (_, index) =>
    startProgram("worker", index, environmentOf(DEPLOYMENT_SIZES.webs + index)),
  );
  await Promise.all(workers.map((program) => program.waitUntilReady()));

  return {
    redis,
    webs,
    workers,
    webProxies,
    async close() {
      await Promise.all([...webs, ...workers].map((program) => program.kill()));
      await Promise.all(webProxies.map((proxy) => proxy.close()));
      await redis.close();
    },
  };
}
