import { setTimeout as wait } from "node:timers/promises";
import { createQueues } from "../../src/queues/queues.js";
import { BREAKS } from "./faultInjectors.js";
import { SETTINGS } from "./deployment.js";
import type { Violation } from "./evidence.js";
import type { History } from "./requestHistory.js";
import { checkAll } from "./invariants.js";
import { type BreakKind, describeBreak, type PlannedBreak, planBreaks, type Round } from "./faultPlan.js";
import { type Recovery, recovery } from "./recovery.js";
import { type Scene, type SceneOptions, setScene } from "./chaosEnvironment.js";
import { settled } from "./settling.js";
import { takeSnapshot } from "./storeSnapshot.js";
import { takeView } from "./apiView.js";

/** Milliseconds after a break within which each kind of request has to succeed again. */
const RECOVERS_WITHIN = 60_000;
/** Milliseconds of health after which nothing may be on its way any more. */
const SETTLES_WITHIN = 60_000;
/** Milliseconds that projections may lag behind, once nothing moves any more: reconcile comes every 3 s. */
const CATCHES_UP_WITHIN = 15_000;

/** What to run. The same seed plans the same breaks. */
export interface ChaosOptions extends SceneOptions {
  breaks: number;
  /** After so many minutes nothing more is broken. */
  minutes: number;
  /** All, unless told. */
  kinds?: readonly BreakKind[];
  /** Told what happens, in lines. */
  say: (line: string) => void;
}

/** A break that was done. Times are epoch milliseconds. */
export interface DoneBreak extends PlannedBreak {
  began: number;
  ended: number;
}

/** The kind of request that took longest to succeed after some breaks. */
export interface SlowestRecovery extends Recovery {
  after: DoneBreak[];
}

/** What a run has shown. */
export interface ChaosResult {
  seed: number;
  /** Milliseconds, up to the last check. */
  took: number;
  breaks: DoneBreak[];
  history: History;
  recoveries: SlowestRecovery[];
  /** Milliseconds until everything was at rest in the end. */
  settledAfter: number;
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
  const { seed, say } = options;
  const scene = await setScene(options);
  try {
    const { breaks, recoveries } = await breakThings(scene, options, began + options.minutes * 60_000);
    say("no more breaks: users end what they have begun");
    await scene.usersEnd();
    const settledAfter = await settled(scene.store, scene.accessPoints, SETTLES_WITHIN);
    say(`at rest after ${settledAfter} ms`);
    await Promise.all(scene.accessPoints.map((each) => each.end()));
    await scene.noise.settled();
    const { evidence, violations } = await verdict(scene);
    for (const { kind, took, after } of recoveries)
      if (took === Number.POSITIVE_INFINITY)
        violations.push({ invariant: "all recovers", message: `${kind} did not, after ${listed(after)}` });
    for (const { name, crashes } of [...scene.deployment.webs, ...scene.deployment.workers])
      for (const words of crashes)
        violations.push({ invariant: "none ends by itself", message: `${name}: ${words}` });
    const named = violations.flatMap(({ taskforce }) => taskforce ?? []);
    const { webs, workers } = scene.deployment;
    return {
      seed,
      took: Date.now() - began,
      breaks,
      history: scene.history,
      recoveries,
      settledAfter,
      sizes: {
        workflows: evidence.view.workflows.size,
        taskforces: evidence.view.taskforces.size,
        clusters: evidence.condors.reduce((sum, { clusters }) => sum + clusters.length, 0),
      },
      violations,
      taskforces: new Map(named.map((uuid) => [uuid, evidence.view.taskforces.get(uuid)])),
      logs: new Map([...webs, ...workers].map(({ name, log }) => [name, log])),
    };
  } finally {
    await scene.close();
  }
}

async function breakThings(
  scene: Scene,
  { seed, breaks: count, kinds, say }: ChaosOptions,
  until: number,
): Promise<Pick<ChaosResult, "breaks" | "recoveries">> {
  const breaks: DoneBreak[] = [];
  const recoveries: SlowestRecovery[] = [];
  // Nothing is broken before everything has worked once.
  await recovery(scene.history, 0, RECOVERS_WITHIN);
  for (const round of planBreaks(seed, count, kinds)) {
    if (Date.now() > until) break;
    const done = await doRound(scene, round, say);
    breaks.push(...done);
    const all = await recovery(scene.history, Date.now(), RECOVERS_WITHIN);
    const slowest = all.reduce((a, b) => (b.took > a.took ? b : a));
    recoveries.push({ ...slowest, after: done });
    say(`recovered: ${slowest.kind} last, after ${slowest.took} ms`);
  }
  return { breaks, recoveries };
}

/** @returns when everything that the round broke has been put right again */
const doRound = (scene: Scene, { breaks }: Round, say: (line: string) => void): Promise<DoneBreak[]> =>
  Promise.all(
    breaks.map(async (planned) => {
      await wait(planned.at);
      const began = Date.now();
      say(describeBreak(planned));
      await BREAKS[planned.kind](scene, planned);
      return { ...planned, began, ended: Date.now() };
    }),
  );

/** Looks until nothing contradicts, or until there was time enough for what is only behind. */
async function verdict(scene: Scene) {
  const { history, promised, deletions, wire, redis, store, accessPoints } = scene;
  const queues = createQueues({
    redis,
    leaseSeconds: SETTINGS.leaseSeconds,
    schedds: await store.knownSchedds(),
  });
  const enough = Date.now() + CATCHES_UP_WITHIN;
  try {
    for (;;) {
      const snapshot = await takeSnapshot(redis, store);
      const view = await takeView(wire);
      const condors = accessPoints.map(({ condor }) => condor);
      const evidence = { history, promised, condors, deletions, snapshot, view, wire, redis, store, queues };
      const violations = await checkAll(evidence);
      if (violations.length === 0 || Date.now() > enough) return { evidence, violations };
      await wait(1000);
    }
  } finally {
    await queues.close();
  }
}

const listed = (breaks: readonly PlannedBreak[]): string => breaks.map(describeBreak).join(", ");
