import { setTimeout as delay } from "node:timers/promises";
import { startServer } from "../bench/serverProcess.js";
import { contradictions } from "./failover/inconsistencies.js";
import { judge } from "./failover/verifyAcknowledged.js";
import { type Failure, Load } from "./failover/failoverLoad.js";
import { failoverOptions } from "./failover/failoverOptions.js";
import { startRedises } from "./failover/redisDeployment.js";
import { areFollowing, holdBack, processOf } from "./failover/replication.js";

/*
 * npm run failover -- cluster|sentinels [safe] [--behind SECONDS] [--lagging REPLICAS] [--max-lag SECONDS]
 *
 * Kills a master under load, and tells what was acknowledged and lost, and for how long requests failed.
 *   safe       each master has two replicas, and takes writes only while one follows (min-replicas-to-write 1)
 *   --behind   its replicas are stopped so long before it is killed, and go on when it is dead
 *   --lagging  how many of them are; all unless told
 *   --max-lag  min-replicas-max-lag: how long ago the last word of a replica may be that follows; 10 unless told
 */

/** Milliseconds. */
const BEFORE = 3000;
const AFTER = 12_000;

const options = failoverOptions(process.argv.slice(2));
const redises = await startRedises(options);
try {
  for (const port of redises.masters) await areFollowing(port, redises.replicasOfEach);
  const service = await startServer(["dist/main.js"], {
    ...redises.environment,
    STORE_PARTITIONS: String(redises.partitions),
    REDIS_URL: "",
    REST_PORT: "0",
    LOG_LEVEL: "fatal",
    RECONCILE_SECONDS: "1",
  });
  try {
    await failOver(service.url);
  } finally {
    await service.stop();
  }
} finally {
  await redises.stop();
}

async function failOver(url: string): Promise<void> {
  const load = new Load(url);
  load.start();
  await delay(BEFORE);
  const [port = 0] = redises.masters;
  const master = await processOf(port);
  const goOn = options.behind > 0 ? await holdBack(port, options.lagging) : () => undefined;
  const stopped = Date.now();
  let killed: number;
  try {
    await delay(options.behind * 1000);
    process.kill(master, "SIGKILL");
    killed = Date.now();
  } finally {
    goOn();
  }
  await delay(AFTER);
  await load.stop();

  const isLate = ({ at }: { at: number }) => at > killed;
  const isBetween = ({ at }: { at: number }) => at > stopped && at <= killed;
  const failures = [...load.failures];
  const acknowledged = { workflows: load.created.length, submissions: load.submitted.length };
  console.log({ ...options, requests: load.requests, acknowledged });
  const whileBehind = {
    acknowledged: {
      workflows: load.created.filter(isBetween).length,
      submissions: load.submitted.filter(isBetween).length,
    },
    failed: byStatus(failures.filter(isBetween)),
  };
  console.log({
    failedBefore: byStatus(failures.filter(({ at }) => at <= stopped)),
    ...(options.behind > 0 && { whileBehind }),
    failedAfter: byStatus(failures.filter(isLate)),
    secondsUntilAllAnswered: Math.max(0, ...failures.map(({ at }) => at - killed)) / 1000,
  });
  const verdict = await judge(load);
  const { workflowsLost, submissionsLost, ...others } = verdict;
  const lost = [...workflowsLost, ...submissionsLost].map(({ at }) => at);
  console.log({
    workflowsLost: workflowsLost.length,
    submissionsLost: submissionsLost.length,
    // Seconds before the master died at which the oldest and the newest of them were acknowledged.
    lostFrom: lost.length > 0 && (killed - Math.min(...lost)) / 1000,
    lostTo: lost.length > 0 && (killed - Math.max(...lost)) / 1000,
    refusedSubmissions: load.refusedSubmissions,
    ...others,
    failedInTheEnd: byStatus(load.failures.slice(failures.length)),
  });
  const found = await contradictions(redises, url);
  console.log({ contradictions: found.length, suchAs: found.slice(0, 5) });
}

function byStatus(failures: readonly Failure[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status = "none" } of failures) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}
