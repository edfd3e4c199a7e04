import { setTimeout as delay } from "node:timers/promises";
import { deployedNodeOptions, startServerProcess } from "../bench/serverProcess.js";
import { type FailedRequest, FailoverLoad } from "./failover/failoverLoad.js";
import { parseFailoverOptions } from "./failover/failoverOptions.js";
import { findInconsistencies } from "./failover/inconsistencies.js";
import { startRedisDeployment } from "./failover/redisDeployment.js";
import { pauseReplicas, redisProcessId, waitForReplicas } from "./failover/replication.js";
import { verifyAcknowledged } from "./failover/verifyAcknowledged.js";

/*
 * npm run failover -- cluster|sentinels [safe] [--behind SECONDS] [--lagging REPLICAS] [--max-lag SECONDS]
 *
 * Kills a master under load. Prints the acknowledged and the lost requests, and how long requests failed.
 *   safe       each master has two replicas, and accepts writes only while one is connected (min-replicas-to-write 1)
 *   --behind   seconds for which its replicas are stopped before the kill; they continue after it
 *   --lagging  number of stopped replicas; default: all
 *   --max-lag  min-replicas-max-lag: seconds without an acknowledgement until a replica is disconnected; default: 10
 */

/** Milliseconds. */
const LOAD_BEFORE_MS = 3000;
const LOAD_AFTER_MS = 12_000;

const options = parseFailoverOptions(process.argv.slice(2));
const deployment = await startRedisDeployment(options);
try {
  for (const port of deployment.masterPorts) await waitForReplicas(port, deployment.replicasPerMaster);
  const service = await startServerProcess([...deployedNodeOptions(), "dist/main.js"], {
    ...deployment.environment,
    STORE_PARTITIONS: String(deployment.partitions),
    REDIS_URL: "",
    REST_PORT: "0",
    LOG_LEVEL: "fatal",
    RECONCILE_SECONDS: "1",
  });
  try {
    await runFailover(service.url);
  } finally {
    await service.stop();
  }
} finally {
  await deployment.stop();
}

async function runFailover(url: string): Promise<void> {
  const load = new FailoverLoad(url);
  load.start();
  await delay(LOAD_BEFORE_MS);
  const [port = 0] = deployment.masterPorts;
  const master = await redisProcessId(port);
  const resumeReplicas = options.pauseSeconds > 0 ? await pauseReplicas(port, options.pausedReplicas) : () => undefined;
  const stoppedMs = Date.now();
  let killedMs: number;
  try {
    await delay(options.pauseSeconds * 1000);
    process.kill(master, "SIGKILL");
    killedMs = Date.now();
  } finally {
    resumeReplicas();
  }
  await delay(LOAD_AFTER_MS);
  await load.stop();

  const isLate = ({ at }: { at: number }) => at > killedMs;
  const isBetween = ({ at }: { at: number }) => at > stoppedMs && at <= killedMs;
  const failures = [...load.failures];
  const acknowledged = { workflows: load.created.length, submissions: load.submitted.length };
  console.log({ ...options, requests: load.requests, acknowledged });
  const whileBehind = {
    acknowledged: {
      workflows: load.created.filter(isBetween).length,
      submissions: load.submitted.filter(isBetween).length,
    },
    failed: countByStatus(failures.filter(isBetween)),
  };
  console.log({
    failedBefore: countByStatus(failures.filter(({ at }) => at <= stoppedMs)),
    ...(options.pauseSeconds > 0 && { whileBehind }),
    failedAfter: countByStatus(failures.filter(isLate)),
    secondsUntilAllAnswered: Math.max(0, ...failures.map(({ at }) => at - killedMs)) / 1000,
  });
  const verdict = await verifyAcknowledged(load);
  const { workflowsLost, submissionsLost, ...others } = verdict;
  const lost = [...workflowsLost, ...submissionsLost].map(({ at }) => at);
  console.log({
    workflowsLost: workflowsLost.length,
    submissionsLost: submissionsLost.length,
    // Seconds from the acknowledgement of the oldest and the newest lost request to the kill.
    lostFrom: lost.length > 0 && (killedMs - Math.min(...lost)) / 1000,
    lostTo: lost.length > 0 && (killedMs - Math.max(...lost)) / 1000,
    refusedSubmissions: load.refusedSubmissions,
    ...others,
    failedInTheEnd: countByStatus(load.failures.slice(failures.length)),
  });
  const found = await findInconsistencies(deployment, url);
  console.log({ contradictions: found.length, suchAs: found.slice(0, 5) });
}

function countByStatus(failures: readonly FailedRequest[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status = "none" } of failures) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}
