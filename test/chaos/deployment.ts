import { writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { ensureRedisServer } from "../../scripts/setup/ensureRedisServer.js";
import { Program } from "../processes/serviceProgram.js";
import { startTcpProxy, type TcpProxy } from "../processes/tcpProxy.js";
import { pickFreePort } from "../setup/freePort.js";
import { DEPLOYMENT_SIZES } from "./faultPlan.js";
import { RedisProcess } from "./redisProcess.js";
import { RestartingProgram } from "./restartingProgram.js";

const STEPPED_CLOCK = fileURLToPath(new URL("./steppedClock.mjs", import.meta.url));

/** Settings that the invariants depend on. */
export const CHAOS_SETTINGS = { leaseSeconds: 8, actionRetries: 2, partitions: 16 } as const;

/** Milliseconds for which a demoted server answers its clients: they leave it sooner. */
const DEMOTED_SERVER_MS = 8000;

/** Access points, and the cluster locations by which users name them. */
export const CHAOS_ACCESS_POINTS = Array.from({ length: DEPLOYMENT_SIZES.accessPoints }, (_, n) => ({
  schedd: `access-point-${n}`,
  location: `pool-${n}`,
}));

/** Two web and two worker processes on one Redis, with a TCP proxy in front of each server. */
export interface Deployment {
  /** The present master. */
  redis: RedisProcess;
  /** Address of Redis past the proxies that faults break. */
  redisUrl: string;
  webs: RestartingProgram[];
  workers: RestartingProgram[];
  /** One proxy from each process to Redis; those of the web processes come first. */
  redisProxies: TcpProxy[];
  /** One proxy in front of each web process. */
  webProxies: TcpProxy[];
  /** Another server takes the place of Redis. The old one keeps its clients, as a replica. @param durationMs before it ends */
  demoteRedis(durationMs: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts Redis, the processes and the proxies, and waits until the processes are ready.
 *
 * @param built the folder whose `dist/` holds the programs
 * @param folder an empty folder for the data of Redis and the clock files
 */
export async function startDeployment(built: string, folder: string, mqsAddress: string): Promise<Deployment> {
  let servers = 0;
  const newDir = async () => {
    const dir = join(folder, `redis-${servers++}`);
    await mkdir(dir);
    return dir;
  };
  const running = [await RedisProcess.start(await ensureRedisServer(), await newDir())];
  const master = () => running[0] as RedisProcess;
  const startProxy = async (target: { host: string; port: number }) => startTcpProxy(target, await pickFreePort());
  /** Where the name of Redis leads. */
  const redisTarget = { host: "127.0.0.1", port: master().port };
  const namedRedis = await startProxy(redisTarget);
  const redisProxies: TcpProxy[] = [];
  for (let count = 0; count < DEPLOYMENT_SIZES.webs + DEPLOYMENT_SIZES.workers; count++)
    redisProxies.push(await startProxy(redisTarget));
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
  for (const [index, redisProxy] of redisProxies.slice(0, DEPLOYMENT_SIZES.webs).entries()) {
    const port = await pickFreePort();
    const program = startProgram("web", index, { ...environmentOf(redisProxy), REST_PORT: String(port) });
    webs.push(program);
    await program.waitUntilReady();
    webProxies.push(await startProxy({ host: "127.0.0.1", port }));
  }
  const workers = redisProxies
    .slice(DEPLOYMENT_SIZES.webs)
    .map((redisProxy, index) => startProgram("worker", index, environmentOf(redisProxy)));
  await Promise.all(workers.map((program) => program.waitUntilReady()));

  return {
    get redis() {
      return master();
    },
    redisUrl: `redis://127.0.0.1:${namedRedis.port}`,
    webs,
    workers,
    redisProxies,
    webProxies,
    async demoteRedis(durationMs) {
      const old = master();
      running.unshift(await old.handOver(await newDir()));
      redisTarget.port = master().port;
      await namedRedis.disconnect();
      await namedRedis.restore();
      // Its clients have to find out by themselves until then.
      await wait(DEMOTED_SERVER_MS + durationMs);
      running.pop();
      await old.kill();
    },
    async close() {
      await Promise.all([...webs, ...workers].map((program) => program.kill()));
      await Promise.all([namedRedis, ...redisProxies, ...webProxies].map((proxy) => proxy.close()));
      await Promise.all(running.map((redis) => redis.kill()));
    },
  };
}
