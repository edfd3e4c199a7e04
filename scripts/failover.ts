import { setTimeout as delay } from "node:timers/promises";
import { Redis } from "ioredis";
import { startServer } from "../bench/processes.js";
import { Load } from "./failover/load.js";
import { startCluster } from "./redis/cluster.js";
import { startSentinels } from "./redis/sentinels.js";

/*
 * npm run failover -- cluster|sentinels [safe]
 *
 * Kills a master under load, and tells what was acknowledged and lost, and for how long requests failed.
 *   safe  each master of the cluster has two replicas, and takes writes only while one follows (min-replicas-to-write 1)
 */

/** Milliseconds. */
const BEFORE = 3000;
const AFTER = 12_000;

const [kind = "cluster", ...how] = process.argv.slice(2);
const isSafe = how.includes("safe");

interface Redises {
  environment: Record<string, string>;
  masters: number[];
  stop(): Promise<void>;
}

async function cluster(): Promise<Redises> {
  const settings = { "cluster-node-timeout": "2000", "min-replicas-to-write": isSafe ? "1" : "0" };
  const started = await startCluster({ masters: 3, replicas: isSafe ? 2 : 1, settings });
  const environment = { REDIS_CLUSTER_NODES: started.addresses, STORE_PARTITIONS: "48" };
  const masters = started.servers.slice(0, 3).map(({ port }) => port);
  return { environment, masters, stop: started.stop };
}

async function sentinels(): Promise<Redises> {
  const started = await startSentinels();
  return {
    environment: { REDIS_SENTINELS: started.addresses, REDIS_SENTINEL_NAME: started.name },
    masters: [started.master.port],
    stop: started.stop,
  };
}

async function tell<T>(port: number, what: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(port, "127.0.0.1");
  try {
    return await what(redis);
  } finally {
    redis.disconnect();
  }
}

const processOf = async (redis: Redis): Promise<number> =>
  Number(/^process_id:(\d+)/m.exec(await redis.info("server"))?.[1]);

/** Waits until a replica follows. */
const isFollowed = (redis: Redis) => until(async () => /state=online/.test(await redis.info("replication")));

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await delay(50);
}

/** Lets everything that is there be started and stopped, and counts what is not as clients were told. */
async function judge(load: Load): Promise<Record<string, number>> {
  let idle = 0;
  while (idle < 100) {
    idle = (await load.startNext()) ? 0 : idle + 1;
    if (idle > 0) await delay(50);
  }
  const found = { workflowsLost: 0, submissionsLost: 0, neverStarted: 0, handedOutTwice: 0, neverStopped: 0 };
  const there: string[] = [];
  for (const [workflow, uuid] of load.created) {
    const taskforce = await load.call("GET", `/v1/taskforces/${uuid}`);
    if (taskforce?.status === 404) found.workflowsLost++;
    if (taskforce?.status !== 200) continue;
    there.push(uuid);
    if (load.submitted.get(uuid) !== taskforce.body.cluster_id) found.submissionsLost++;
    if (taskforce.body.phase !== "condor-submit") found.neverStarted++;
    else await load.call("POST", `/v1/workflows/${workflow}/actions/abort`, "{}");
  }
  found.handedOutTwice = [...load.handOuts.values()].filter((times) => times > 1).length;
  for (idle = 0; idle < 100; ) {
    idle = (await load.stopNext()) ? 0 : idle + 1;
    if (idle > 0) await delay(50);
  }
  for (const uuid of there) {
    const stopped = await load.call("GET", `/v1/taskforces/${uuid}`);
    if (stopped?.body.phase !== "condor-complete") found.neverStopped++;
  }
  return found;
}

const redises = await (kind === "sentinels" ? sentinels() : cluster());
try {
  for (const port of redises.masters) await tell(port, isFollowed);
  const service = await startServer(["dist/main.js"], {
    ...redises.environment,
    REDIS_URL: "",
    REST_PORT: "0",
    LOG_LEVEL: "fatal",
    RECONCILE_SECONDS: "1",
  });
  try {
    const load = new Load(service.url);
    load.start();
    await delay(BEFORE);
    const [port = 0] = redises.masters;
    const master = await tell(port, processOf);
    process.kill(master, "SIGKILL");
    const killed = Date.now();
    await delay(AFTER);
    const late = load.failures.filter((at) => at > killed);
    const down = late.length === 0 ? 0 : (Math.max(...late) - killed) / 1000;
    await load.stop();
    const { requests, created, submitted } = load;
    console.log({
      kind,
      how,
      requests,
      created: created.size,
      submitted: submitted.size,
      failed: load.failures.length,
    });
    console.log({ secondsUntilAllAnswered: down, ...(await judge(load)) });
  } finally {
    await service.stop();
  }
} finally {
  await redises.stop();
}
