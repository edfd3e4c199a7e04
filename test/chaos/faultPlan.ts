import { RandomSource } from "./randomSource.js";

/** How many there are of each thing that can be broken. */
export const DEPLOYMENT_SIZES = { webs: 2, workers: 2, accessPoints: 4 } as const;

/** What can be hit by a break; two breaks at a time never hit the same. */
interface FaultRule {
  /** Names what it hits. @param target as in {@link PlannedFault} */
  targetsHit: (target: number) => string[];
  /** The shortest and the longest time that it lasts, in milliseconds. */
  durationRangeMs: readonly [number, number];
}

const webName = (target: number) => `web ${target % DEPLOYMENT_SIZES.webs}`;
const workerName = (target: number) => `worker ${target % DEPLOYMENT_SIZES.workers}`;
/** The first ones lead from the web processes, the others from the workers. */
const redisProxyName = (target: number) => `line ${target % (DEPLOYMENT_SIZES.webs + DEPLOYMENT_SIZES.workers)}`;
const webProxyName = (target: number) => `web proxy ${target % DEPLOYMENT_SIZES.webs}`;

const FAULT_RULES = {
  "kill-web": { targetsHit: (target) => [webName(target)], durationRangeMs: [0, 2000] },
  "kill-worker": { targetsHit: (target) => [workerName(target)], durationRangeMs: [0, 3000] },
  "kill-web-and-worker": {
    targetsHit: (target) => [webName(target), workerName(target)],
    durationRangeMs: [0, 3000],
  },
  "kill-redis": { targetsHit: () => ["redis"], durationRangeMs: [0, 3000] },
  "stop-redis": { targetsHit: () => ["redis"], durationRangeMs: [5000, 5000] },
  "cut-redis": { targetsHit: (target) => [redisProxyName(target)], durationRangeMs: [0, 3000] },
  "slow-redis": { targetsHit: (target) => [redisProxyName(target)], durationRangeMs: [1000, 4000] },
  "lose-replies": { targetsHit: (target) => [redisProxyName(target)], durationRangeMs: [300, 2500] },
  "cut-web": { targetsHit: (target) => [webProxyName(target)], durationRangeMs: [0, 2000] },
  "slow-web": { targetsHit: (target) => [webProxyName(target)], durationRangeMs: [1000, 4000] },
  "lose-answers": { targetsHit: (target) => [webProxyName(target)], durationRangeMs: [300, 2500] },
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
  "mqs-try-again-later": { targetsHit: () => ["mqs"], durationRangeMs: [1000, 5000] },
  "delete-queue-keys": { targetsHit: () => ["queues"], durationRangeMs: [0, 0] },
  "step-clock": {
    targetsHit: (target) => [`clock ${target % DEPLOYMENT_SIZES.workers}`],
    durationRangeMs: [2000, 6000],
  },
  /** Beyond the 15 s after which a job of a process that is silent is another one's. */
  "stop-worker": { targetsHit: (target) => [workerName(target)], durationRangeMs: [17_000, 19_000] },
} as const satisfies Record<string, FaultRule>;

/** A kind of break. */
export type FaultKind = keyof typeof FAULT_RULES;

export const FAULT_KINDS = Object.keys(FAULT_RULES) as FaultKind[];

/** Those that last long; a short run does without. */
export const LONG_FAULTS: readonly FaultKind[] = ["stop-worker", "stop-redis"];

/** One break. */
export interface PlannedFault {
  number: number;
  kind: FaultKind;
  /** Index of the process, proxy or access point that it hits, modulo their number. */
  target: number;
  /** Milliseconds after the round's begin. */
  startMs: number;
  /** Milliseconds. */
  durationMs: number;
  /** How hard it hits, from 0 to 1, where that can vary. */
  strength: number;
}

/** Breaks at a time. After them everything has to recover before the next ones come. */
export interface FaultRound {
  faults: PlannedFault[];
}

/** The most breaks at a time. */
const MAX_CONCURRENT_FAULTS = 3;
/** Milliseconds within which the breaks of a round begin. */
const START_SPREAD_MS = 1500;

/**
 * What is broken when: the same seed makes the same plan. All kinds come equally often.
 *
 * @param count of breaks
 */
export function planFaults(seed: number, count: number, kinds: readonly FaultKind[] = FAULT_KINDS): FaultRound[] {
  const random = new RandomSource(seed);
  const rounds: FaultRound[] = [];
  let deck: FaultKind[] = [];
  let hit = new Set<string>();
  let slotsLeft = 0;
  for (let number = 1; number <= count; number++) {
    if (deck.length === 0) deck = random.shuffled(kinds);
    const kind = deck.pop() ?? "kill-web";
    const target = random.integerBelow(1000);
    const hits = FAULT_RULES[kind].targetsHit(target);
    if (slotsLeft === 0 || hits.some((each) => hit.has(each))) {
      rounds.push({ faults: [] });
      hit = new Set();
      slotsLeft = 1 + random.integerBelow(MAX_CONCURRENT_FAULTS);
    }
    for (const each of hits) hit.add(each);
    slotsLeft--;
    const [least, most] = FAULT_RULES[kind].durationRangeMs;
    const at = random.integerBelow(START_SPREAD_MS);
    const lasts = Math.round(random.numberBetween(least, most));
    rounds.at(-1)?.faults.push({
      number,
      kind,
      target,
      startMs: at,
      durationMs: lasts,
      strength: random.numberBetween(0, 1),
    });
  }
  return rounds;
}

/** One line about a break. */
export const describeFault = ({ number, kind, target, durationMs }: PlannedFault): string =>
  `#${number} ${kind} of ${FAULT_RULES[kind].targetsHit(target).join(" and ")} for ${durationMs} ms`;
