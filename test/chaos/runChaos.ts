import { setTimeout as wait } from "node:timers/promises";
import { Queues } from "../../src/queues/queues.js";
import { readApiView } from "./apiView.js";
import { type ChaosEnvironment, type ChaosEnvironmentOptions, startChaosEnvironment } from "./chaosEnvironment.js";
import { CHAOS_SETTINGS } from "./deployment.js";
import type { Violation } from "./evidence.js";
import { FAULT_INJECTORS } from "./faultInjectors.js";
import {
  describeFault,
  FAULT_KINDS,
  type FaultKind,
  type FaultRound,
  type PlannedFault,
  planFaults,
} from "./faultPlan.js";
import { checkAll } from "./invariants.js";
import { separateLostWrites } from "./lostWrites.js";
import { REQUEST_TIMEOUT_MS } from "./recordingClient.js";
import { measureRecovery, type Recovery } from "./recovery.js";
import { possibleFaults } from "./redis/redisSystem.js";
import type { RequestHistory } from "./requestHistory.js";
import { waitUntilSettled } from "./settling.js";
import { readStoreSnapshot } from "./storeSnapshot.js";

/** Milliseconds after a round within which each kind of request has to succeed again. */
const RECOVERY_LIMIT_MS = 10_000;
/** Milliseconds that a run waits for it, to say how long it took. */
const RECOVERY_TIMEOUT_MS = 60_000;
/** Faults that lose responses which the service has sent. */
const RESPONSE_LOSSES: readonly FaultKind[] = ["cut-web", "lose-answers", "silence-web"];
/** Milliseconds without faults after which no taskforce may be in transition. */
const SETTLE_TIMEOUT_MS = 60_000;
/** Milliseconds that indexes and sums may lag behind the settled data. Reconcile runs every 3 s. */
const CATCH_UP_TIMEOUT_MS = 15_000;

/** Options of a run. The same seed plans the same faults. */
export interface ChaosOptions extends ChaosEnvironmentOptions {
  faultCount: number;
  /** Minutes after the start of the load after which no more round starts. */
  minutes: number;
  /** Kinds of faults; default all. */
  kinds?: readonly FaultKind[];
  /** Logs a line about the progress. */
  log: (line: string) => void;
}

/** An injected fault. Times are epoch milliseconds. */
export interface InjectedFault extends PlannedFault {
  beganAtMs: number;
  endedAtMs: number;
}

/** The kind of request that took longest to succeed after a round. */
export interface SlowestRecovery extends Recovery {
  afterFaults: InjectedFault[];
}

/** The results of a run. */
export interface ChaosResult {
  seed: number;
  /** Milliseconds, up to the last check. */
  durationMs: number;
  faults: InjectedFault[];
  history: RequestHistory;
  recoveries: SlowestRecovery[];
  /** Milliseconds until the service had settled at the end. */
  settleMs: number;
  /** Entities and HTCondor clusters at the end. */
  sizes: { workflows: number; taskforces: number; clusters: number };
  violations: Violation[];
  /** Findings about workflows of which replication may have lost a write. */
  explained: Violation[];
  /** The taskforces that violations name, as the API returns them. */
  taskforces: Map<string, unknown>;
  /** The log of each process. */
  logs: Map<string, string>;
}

/** Keeps the service busy, injects faults, lets it settle and checks the invariants. */
export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const beganAtMs = Date.now();
  const { seed, on, faultCount, kinds = FAULT_KINDS, log } = options;
  const rounds = planFaults(seed, faultCount, possibleFaults(on, kinds));
  const environment = await startChaosEnvironment(options);
  try {
    const { faults, recoveries } = await injectFaults(environment, rounds, options);
    log("no more faults: users finish their last requests");
    await environment.stopUsers();
    const settleMs = await waitUntilSettled(environment.store, environment.accessPoints, SETTLE_TIMEOUT_MS);
    log(`settled after ${settleMs} ms`);
    await Promise.all(environment.accessPoints.map((each) => each.stop()));
    await environment.noise.waitForCopies();
    const { evidence, findings } = await checkUntilConsistent(environment, faults);
    const { violations, explained } = separateLostWrites(findings, evidence, environment.deployment.redis.losses);
    for (const { kind, durationMs, afterFaults } of recoveries)
      if (durationMs > recoveryLimitMs(afterFaults))
        violations.push({
          invariant: "all requests recover",
          message: `${kind} took ${durationMs} ms to succeed after ${describeFaults(afterFaults)}`,
        });
    for (const { name, crashes } of [...environment.deployment.webs, ...environment.deployment.workers])
      for (const output of crashes)
        violations.push({ invariant: "no process exits by itself", message: `${name}: ${output}` });
    const named = violations.flatMap(({ taskforce }) => taskforce ?? []);
    const { webs, workers } = environment.deployment;
    return {
      seed,
      durationMs: Date.now() - beganAtMs,
      faults,
      history: environment.history,
      recoveries,
      settleMs,
      sizes: {
        workflows: evidence.apiView.workflows.size,
        taskforces: evidence.apiView.taskforces.size,
        clusters: evidence.condors.reduce((sum, { clusters }) => sum + clusters.length, 0),
      },
      violations,
      explained,
      taskforces: new Map(named.map((uuid) => [uuid, evidence.apiView.taskforces.get(uuid)])),
      logs: new Map([...webs, ...workers].map(({ name, log }) => [name, log])),
    };
  } finally {
    await environment.close();
  }
}

/** A client waits for a response on a silent connection until its own time limit. */
const recoveryLimitMs = (faults: readonly PlannedFault[]): number =>
  RECOVERY_LIMIT_MS + (faults.some(({ kind }) => kind === "silence-web") ? REQUEST_TIMEOUT_MS : 0);

async function injectFaults(
  environment: ChaosEnvironment,
  rounds: readonly FaultRound[],
  { minutes, log }: ChaosOptions,
): Promise<Pick<ChaosResult, "faults" | "recoveries">> {
  const injected: InjectedFault[] = [];
  const recoveries: SlowestRecovery[] = [];
  // Each kind of request succeeds once before the first fault.
  await measureRecovery(environment.history, 0, RECOVERY_TIMEOUT_MS);
  const deadlineMs = Date.now() + minutes * 60_000;
  for (const round of rounds) {
    if (Date.now() > deadlineMs) break;
    const done = await runRound(environment, round, log);
    injected.push(...done);
    const all = await measureRecovery(environment.history, Date.now(), RECOVERY_TIMEOUT_MS);
    const slowest = all.reduce((a, b) => (b.durationMs > a.durationMs ? b : a));
    recoveries.push({ ...slowest, afterFaults: done });
    log(`recovered: the last kind was ${slowest.kind}, after ${slowest.durationMs} ms`);
  }
  return { faults: injected, recoveries };
}

/** Injects the faults of a round. @returns when all have ended */
const runRound = (
  environment: ChaosEnvironment,
  { faults }: FaultRound,
  log: (line: string) => void,
): Promise<InjectedFault[]> =>
  Promise.all(
    faults.map(async (planned) => {
      await wait(planned.startMs);
      const beganAtMs = Date.now();
      log(describeFault(planned));
      await FAULT_INJECTORS[planned.kind](environment, planned);
      return { ...planned, beganAtMs, endedAtMs: Date.now() };
    }),
  );

/** Checks repeatedly until there is no violation or the time for lagging projections is up. */
async function checkUntilConsistent(environment: ChaosEnvironment, faults: readonly InjectedFault[]) {
  const { history, expectations, queueDeletionTimesMs, client, redis, store, accessPoints } = environment;
  const queues = new Queues({
    redis,
    leaseSeconds: CHAOS_SETTINGS.leaseSeconds,
    schedds: await store.knownSchedds(),
  });
  const deadlineMs = Date.now() + CATCH_UP_TIMEOUT_MS;
  try {
    for (;;) {
      // A check takes seconds. One that began in time is no last word.
      const isLast = Date.now() > deadlineMs;
      const snapshot = await readStoreSnapshot(redis, store);
      const apiView = await readApiView(client);
      const condors = accessPoints.map(({ condor }) => condor);
      const evidence = {
        history,
        expectations,
        condors,
        queueDeletionTimesMs,
        responseLosses: faults.filter(({ kind }) => RESPONSE_LOSSES.includes(kind)),
        snapshot,
        apiView,
        client,
        redis,
        store,
        queues,
      };
      const findings = await checkAll(evidence);
      if (findings.length === 0 || isLast) return { evidence, findings };
      await wait(1000);
    }
  } finally {
    await queues.close();
  }
}

const describeFaults = (faults: readonly PlannedFault[]): string => faults.map(describeFault).join(", ");
