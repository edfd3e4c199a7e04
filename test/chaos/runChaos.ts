import { setTimeout as wait } from "node:timers/promises";
import { Queues } from "../../src/queues/queues.js";
import { readApiView } from "./apiView.js";
import { type ChaosEnvironment, type ChaosEnvironmentOptions, startChaosEnvironment } from "./chaosEnvironment.js";
import { CHAOS_SETTINGS } from "./deployment.js";
import type { Violation } from "./evidence.js";
import { FAULT_INJECTORS } from "./faultInjectors.js";
import { describeFault, type FaultKind, type FaultRound, type PlannedFault, planFaults } from "./faultPlan.js";
import { checkAll } from "./invariants.js";
import { measureRecovery, type Recovery } from "./recovery.js";
import type { RequestHistory } from "./requestHistory.js";
import { waitUntilSettled } from "./settling.js";
import { readStoreSnapshot } from "./storeSnapshot.js";

/** Milliseconds after a break within which each kind of request has to succeed again. */
const RECOVERY_TIMEOUT_MS = 60_000;
/** Milliseconds of health after which nothing may be on its way any more. */
const SETTLE_TIMEOUT_MS = 60_000;
/** Milliseconds that projections may lag behind, once nothing moves any more: reconcile comes every 3 s. */
const CATCH_UP_TIMEOUT_MS = 15_000;

/** What to run. The same seed plans the same breaks. */
export interface ChaosOptions extends ChaosEnvironmentOptions {
  faultCount: number;
  /** After so many minutes nothing more is broken. */
  minutes: number;
  /** Default: all. */
  kinds?: readonly FaultKind[];
  /** Receives lines about the progress. */
  log: (line: string) => void;
}

/** A break that was done. Times are epoch milliseconds. */
export interface InjectedFault extends PlannedFault {
  beganAtMs: number;
  endedAtMs: number;
}

/** The kind of request that took longest to succeed after some breaks. */
export interface SlowestRecovery extends Recovery {
  afterFaults: InjectedFault[];
}

/** What a run has shown. */
export interface ChaosResult {
  seed: number;
  /** Milliseconds, up to the last check. */
  durationMs: number;
  faults: InjectedFault[];
  history: RequestHistory;
  recoveries: SlowestRecovery[];
  /** Milliseconds until everything was at rest in the end. */
  settleMs: number;
  /** Entities and HTCondor clusters at the end. */
  sizes: { workflows: number; taskforces: number; clusters: number };
  violations: Violation[];
  /** The taskforces that violations are about, as the service shows them. */
  taskforces: Map<string, unknown>;
  /** What each process has logged. */
  logs: Map<string, string>;
}

/** Keeps the service busy, breaks things, lets it settle and checks what must hold. */
export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const began = Date.now();
  const { seed, log: say } = options;
  const scene = await startChaosEnvironment(options);
  try {
    const { faults, recoveries } = await injectFaults(scene, options, began + options.minutes * 60_000);
    say("no more breaks: users end what they have begun");
    await scene.stopUsers();
    const settledAfter = await waitUntilSettled(scene.store, scene.accessPoints, SETTLE_TIMEOUT_MS);
    say(`at rest after ${settledAfter} ms`);
    await Promise.all(scene.accessPoints.map((each) => each.stop()));
    await scene.noise.waitForCopies();
    const { evidence, violations } = await checkUntilConsistent(scene);
    for (const { kind, durationMs, afterFaults } of recoveries)
      if (durationMs === Number.POSITIVE_INFINITY)
        violations.push({
          invariant: "all recovers",
          message: `${kind} did not, after ${describeFaults(afterFaults)}`,
        });
    for (const { name, crashes } of [...scene.deployment.webs, ...scene.deployment.workers])
      for (const words of crashes) violations.push({ invariant: "none ends by itself", message: `${name}: ${words}` });
    const named = violations.flatMap(({ taskforce }) => taskforce ?? []);
    const { webs, workers } = scene.deployment;
    return {
      seed,
      durationMs: Date.now() - began,
      faults: faults,
      history: scene.history,
      recoveries,
      settleMs: settledAfter,
      sizes: {
        workflows: evidence.apiView.workflows.size,
        taskforces: evidence.apiView.taskforces.size,
        clusters: evidence.condors.reduce((sum, { clusters }) => sum + clusters.length, 0),
      },
      violations,
      taskforces: new Map(named.map((uuid) => [uuid, evidence.apiView.taskforces.get(uuid)])),
      logs: new Map([...webs, ...workers].map(({ name, log }) => [name, log])),
    };
  } finally {
    await scene.close();
  }
}

async function injectFaults(
  scene: ChaosEnvironment,
  { seed, faultCount: count, kinds, log }: ChaosOptions,
  deadlineMs: number,
): Promise<Pick<ChaosResult, "faults" | "recoveries">> {
  const breaks: InjectedFault[] = [];
  const recoveries: SlowestRecovery[] = [];
  // Nothing is broken before everything has worked once.
  await measureRecovery(scene.history, 0, RECOVERY_TIMEOUT_MS);
  for (const round of planFaults(seed, count, kinds)) {
    if (Date.now() > deadlineMs) break;
    const done = await runRound(scene, round, log);
    breaks.push(...done);
    const all = await measureRecovery(scene.history, Date.now(), RECOVERY_TIMEOUT_MS);
    const slowest = all.reduce((a, b) => (b.durationMs > a.durationMs ? b : a));
    recoveries.push({ ...slowest, afterFaults: done });
    log(`recovered: ${slowest.kind} last, after ${slowest.durationMs} ms`);
  }
  return { faults: breaks, recoveries };
}

/** @returns when everything that the round broke has been put right again */
const runRound = (
  scene: ChaosEnvironment,
  { faults }: FaultRound,
  say: (line: string) => void,
): Promise<InjectedFault[]> =>
  Promise.all(
    faults.map(async (planned) => {
      await wait(planned.startMs);
      const began = Date.now();
      say(describeFault(planned));
      await FAULT_INJECTORS[planned.kind](scene, planned);
      return { ...planned, beganAtMs: began, endedAtMs: Date.now() };
    }),
  );

/** Looks until nothing contradicts, or until there was time enough for what is only behind. */
async function checkUntilConsistent(scene: ChaosEnvironment) {
  const { history, expectations, queueDeletionTimesMs, client, redis, store, accessPoints } = scene;
  const queues = new Queues({
    redis,
    leaseSeconds: CHAOS_SETTINGS.leaseSeconds,
    schedds: await store.knownSchedds(),
  });
  const deadlineMs = Date.now() + CATCH_UP_TIMEOUT_MS;
  try {
    for (;;) {
      const snapshot = await readStoreSnapshot(redis, store);
      const apiView = await readApiView(client);
      const condors = accessPoints.map(({ condor }) => condor);
      const evidence = {
        history,
        expectations,
        condors,
        queueDeletionTimesMs,
        snapshot,
        apiView,
        client,
        redis,
        store,
        queues,
      };
      const violations = await checkAll(evidence);
      if (violations.length === 0 || Date.now() > deadlineMs) return { evidence, violations };
      await wait(1000);
    }
  } finally {
    await queues.close();
  }
}

const describeFaults = (breaks: readonly PlannedFault[]): string => breaks.map(describeFault).join(", ");
