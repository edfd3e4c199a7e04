import { RandomSource } from "./randomSource.js";

/** Number of processes and access points. */
export const DEPLOYMENT_SIZES = { webs: 2, workers: 2, accessPoints: 4 } as const;

/** Targets and durations of a kind of fault. Concurrent faults never have a common target. */
interface FaultRule {
  /** Names the targets. @param target as in {@link PlannedFault} */
  targetsHit: (target: number) => string[];
  /** Shortest and longest duration, in milliseconds. */
  durationRangeMs: readonly [number, number];
}

const processNames = [
  ...Array.from({ length: DEPLOYMENT_SIZES.webs }, (_, n) => `web ${n}`),
  ...Array.from({ length: DEPLOYMENT_SIZES.workers }, (_, n) => `worker ${n}`),
];
const webName = (target: number) => `web ${target % DEPLOYMENT_SIZES.webs}`;
const workerName = (target: number) => `worker ${target % DEPLOYMENT_SIZES.workers}`;
/** The first proxies serve the web processes, the others the workers. */
const redisProxyName = (target: number) => `redis proxy ${target % (DEPLOYMENT_SIZES.webs + DEPLOYMENT_SIZES.workers)}`;
const webProxyName = (target: number) => `web proxy ${target % DEPLOYMENT_SIZES.webs}`;

const FAULT_RULES = {
  "kill-web": { targetsHit: (target) => [webName(target)], durationRangeMs: [0, 2000] },
  "kill-worker": { targetsHit: (target) => [workerName(target)], durationRangeMs: [0, 3000] },
  "kill-web-and-worker": {
    targetsHit: (target) => [webName(target), workerName(target)],
    durationRangeMs: [0, 3000],
  },
  "kill-redis": { targetsHit: () => ["redis"], durationRangeMs: [0, 3000] },
  "stop-redis": { targetsHit: () => ["redis"], durationRangeMs: [200, 6000] },
  "fill-redis": { targetsHit: () => ["redis"], durationRangeMs: [500, 3000] },
  "fill-disk": { targetsHit: () => ["redis"], durationRangeMs: [500, 4000] },
  "demote-redis": { targetsHit: () => ["redis"], durationRangeMs: [0, 3000] },
  "cut-redis": { targetsHit: (target) => [redisProxyName(target)], durationRangeMs: [0, 3000] },
  "slow-redis": { targetsHit: (target) => [redisProxyName(target)], durationRangeMs: [1000, 4000] },
  "lossy-redis": { targetsHit: (target) => [redisProxyName(target)], durationRangeMs: [1000, 4000] },
  "lose-replies": { targetsHit: (target) => [redisProxyName(target)], durationRangeMs: [300, 2500] },
  /** The connections of the moment stay silent; new ones work. */
  "silence-redis": { targetsHit: (target) => [redisProxyName(target)], durationRangeMs: [0, 1000] },
  "cut-web": { targetsHit: (target) => [webProxyName(target)], durationRangeMs: [0, 2000] },
  "slow-web": { targetsHit: (target) => [webProxyName(target)], durationRangeMs: [1000, 4000] },
  "lossy-web": { targetsHit: (target) => [webProxyName(target)], durationRangeMs: [1000, 4000] },
  "lose-answers": { targetsHit: (target) => [webProxyName(target)], durationRangeMs: [300, 2500] },
  "silence-web": { targetsHit: (target) => [webProxyName(target)], durationRangeMs: [0, 1000] },
  "kill-tms-before-submit": {
    targetsHit: (target) => [`tms ${target % DEPLOYMENT_SIZES.accessPoints}`],
    durationRangeMs: [200, 2000],
  },
  "kill-tms-after-submit": {
    targetsHit: (target) => [`tms ${target % DEPLOYMENT_SIZES.accessPoints}`],
    durationRangeMs: [200, 2000],
  },
  "repeat-reports": { targetsHit: () => ["repeat"], durationRangeMs: [1000, 4000] },
  "delay-reports": { targetsHit: () => ["delay"], durationRangeMs: [1000, 4000] },
  "reorder-reports": { targetsHit: () => ["reorder"], durationRangeMs: [1000, 4000] },
  "mqs-down": { targetsHit: () => ["mqs"], durationRangeMs: [1000, 5000] },
  "mqs-slow": { targetsHit: () => ["mqs"], durationRangeMs: [1000, 5000] },
  "mqs-busy": { targetsHit: () => ["mqs"], durationRangeMs: [1000, 5000] },
  "mqs-html": { targetsHit: () => ["mqs"], durationRangeMs: [1000, 5000] },
  "mqs-try-again-later": { targetsHit: () => ["mqs"], durationRangeMs: [1000, 5000] },
  /** The provider changes its keys at the same time, so the service can't verify the tokens of its clients. */
  "provider-down": { targetsHit: () => ["provider"], durationRangeMs: [1000, 5000] },
  "provider-slow": { targetsHit: () => ["provider"], durationRangeMs: [1000, 5000] },
  "provider-busy": { targetsHit: () => ["provider"], durationRangeMs: [1000, 5000] },
  "provider-html": { targetsHit: () => ["provider"], durationRangeMs: [1000, 5000] },
  "delete-queue-keys": { targetsHit: () => ["queues"], durationRangeMs: [0, 0] },
  "step-clock": {
    targetsHit: (target) => [`clock of ${processNames[target % processNames.length]}`],
    durationRangeMs: [2000, 6000],
  },
  /** Longer than a job lock (15 s), so another worker takes the job over. */
  "stop-worker": { targetsHit: (target) => [workerName(target)], durationRangeMs: [17_000, 19_000] },
} as const satisfies Record<string, FaultRule>;

/** A kind of fault. */
export type FaultKind = keyof typeof FAULT_RULES;

export const FAULT_KINDS = Object.keys(FAULT_RULES) as FaultKind[];

/** Kinds that last long. A short run excludes them. */
export const LONG_FAULTS: readonly FaultKind[] = ["stop-worker", "stop-redis"];

/** A fault and its time. */
export interface PlannedFault {
  number: number;
  kind: FaultKind;
  /** Index of the process, proxy or access point, modulo their number. */
  target: number;
  /** Milliseconds after the round's start. */
  startMs: number;
  /** Milliseconds. */
  durationMs: number;
  /** Severity from 0 to 1, for kinds that vary. */
  strength: number;
}

/** Concurrent faults. The service has to recover before the next round starts. */
export interface FaultRound {
  faults: PlannedFault[];
}

const MAX_CONCURRENT_FAULTS = 3;
/** Milliseconds within which the faults of a round start. */
const START_SPREAD_MS = 1500;

/**
 * Plans random faults. The same seed returns the same plan. All kinds occur equally often.
 *
 * @param count number of faults
 * @param kinds at least one
 */
export function planFaults(seed: number, count: number, kinds: readonly FaultKind[] = FAULT_KINDS): FaultRound[] {
  const random = new RandomSource(seed);
  const rounds: FaultRound[] = [];
  let kindsLeft: FaultKind[] = [];
  let usedTargets = new Set<string>();
  let slotsLeft = 0;
  for (let number = 1; number <= count; number++) {
    if (kindsLeft.length === 0) kindsLeft = random.shuffled(kinds);
    const kind = kindsLeft.pop() as FaultKind;
    const target = random.integerBelow(1000);
    const targets = FAULT_RULES[kind].targetsHit(target);
    if (slotsLeft === 0 || targets.some((each) => usedTargets.has(each))) {
      rounds.push({ faults: [] });
      usedTargets = new Set();
      slotsLeft = 1 + random.integerBelow(MAX_CONCURRENT_FAULTS);
    }
    for (const each of targets) usedTargets.add(each);
    slotsLeft--;
    const [least, most] = FAULT_RULES[kind].durationRangeMs;
    const startMs = random.integerBelow(START_SPREAD_MS);
    const durationMs = Math.round(random.numberBetween(least, most));
    rounds.at(-1)?.faults.push({
      number,
      kind,
      target,
      startMs,
      durationMs,
      strength: random.numberBetween(0, 1),
    });
  }
  return rounds;
}

/** Describes a fault in one line. */
export const describeFault = ({ number, kind, target, durationMs }: PlannedFault): string =>
  `#${number} ${kind} of ${FAULT_RULES[kind].targetsHit(target).join(" and ")} for ${durationMs} ms`;
