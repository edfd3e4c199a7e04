import { Dice } from "./randomSource.js";

/** How many there are of each thing that can be broken. */
export const SIZES = { webs: 2, workers: 2, accessPoints: 4 } as const;

/** What can be hit by a break; two breaks at a time never hit the same. */
interface Kind {
  /** Names what it hits. @param target as in {@link PlannedBreak} */
  hits: (target: number) => string[];
  /** The shortest and the longest time that it lasts, in milliseconds. */
  lasts: readonly [number, number];
}

const web = (target: number) => `web ${target % SIZES.webs}`;
const worker = (target: number) => `worker ${target % SIZES.workers}`;
/** The first ones lead from the web processes, the others from the workers. */
const line = (target: number) => `line ${target % (SIZES.webs + SIZES.workers)}`;
const door = (target: number) => `door ${target % SIZES.webs}`;

const KINDS = {
  "kill-web": { hits: (target) => [web(target)], lasts: [0, 2000] },
  "kill-worker": { hits: (target) => [worker(target)], lasts: [0, 3000] },
  "kill-web-and-worker": { hits: (target) => [web(target), worker(target)], lasts: [0, 3000] },
  "kill-redis": { hits: () => ["redis"], lasts: [0, 3000] },
  "stop-redis": { hits: () => ["redis"], lasts: [5000, 5000] },
  "cut-redis": { hits: (target) => [line(target)], lasts: [0, 3000] },
  "slow-redis": { hits: (target) => [line(target)], lasts: [1000, 4000] },
  "lose-replies": { hits: (target) => [line(target)], lasts: [300, 2500] },
  "cut-web": { hits: (target) => [door(target)], lasts: [0, 2000] },
  "slow-web": { hits: (target) => [door(target)], lasts: [1000, 4000] },
  "lose-answers": { hits: (target) => [door(target)], lasts: [300, 2500] },
  "kill-tms-before-submit": { hits: (target) => [`tms ${target % SIZES.accessPoints}`], lasts: [200, 2000] },
  "kill-tms-after-submit": { hits: (target) => [`tms ${target % SIZES.accessPoints}`], lasts: [200, 2000] },
  "repeat-reports": { hits: () => ["repeat"], lasts: [1000, 4000] },
  "delay-reports": { hits: () => ["delay"], lasts: [1000, 4000] },
  "reorder-reports": { hits: () => ["reorder"], lasts: [1000, 4000] },
  "mqs-down": { hits: () => ["mqs"], lasts: [1000, 5000] },
  "mqs-slow": { hits: () => ["mqs"], lasts: [1000, 5000] },
  "mqs-try-again-later": { hits: () => ["mqs"], lasts: [1000, 5000] },
  "delete-queue-keys": { hits: () => ["queues"], lasts: [0, 0] },
  "step-clock": { hits: (target) => [`clock ${target % SIZES.workers}`], lasts: [2000, 6000] },
  /** Beyond the 15 s after which a job of a process that is silent is another one's. */
  "stop-worker": { hits: (target) => [worker(target)], lasts: [17_000, 19_000] },
} as const satisfies Record<string, Kind>;

/** A kind of break. */
export type BreakKind = keyof typeof KINDS;

export const BREAK_KINDS = Object.keys(KINDS) as BreakKind[];

/** Those that last long; a short run does without. */
export const LONG_BREAKS: readonly BreakKind[] = ["stop-worker", "stop-redis"];

/** One break. */
export interface PlannedBreak {
  number: number;
  kind: BreakKind;
  /** Which process, line, door or access point it hits: an integer to be taken modulo their number. */
  target: number;
  /** Milliseconds after the round's begin. */
  at: number;
  /** Milliseconds. */
  lasts: number;
  /** How hard it hits, from 0 to 1, where that can vary. */
  strength: number;
}

/** Breaks at a time. After them everything has to recover before the next ones come. */
export interface Round {
  breaks: PlannedBreak[];
}

/** The most breaks at a time. */
const AT_A_TIME = 3;
/** Milliseconds within which the breaks of a round begin. */
const SPREAD = 1500;

/**
 * What is broken when: the same seed makes the same plan. All kinds come equally often.
 *
 * @param count of breaks
 */
export function planBreaks(seed: number, count: number, kinds: readonly BreakKind[] = BREAK_KINDS): Round[] {
  const dice = new Dice(seed);
  const rounds: Round[] = [];
  let deck: BreakKind[] = [];
  let hit = new Set<string>();
  let room = 0;
  for (let number = 1; number <= count; number++) {
    if (deck.length === 0) deck = dice.shuffled(kinds);
    const kind = deck.pop() ?? "kill-web";
    const target = dice.below(1000);
    const hits = KINDS[kind].hits(target);
    if (room === 0 || hits.some((each) => hit.has(each))) {
      rounds.push({ breaks: [] });
      hit = new Set();
      room = 1 + dice.below(AT_A_TIME);
    }
    for (const each of hits) hit.add(each);
    room--;
    const [least, most] = KINDS[kind].lasts;
    const at = dice.below(SPREAD);
    const lasts = Math.round(dice.between(least, most));
    rounds.at(-1)?.breaks.push({ number, kind, target, at, lasts, strength: dice.between(0, 1) });
  }
  return rounds;
}

/** One line about a break. */
export const describeBreak = ({ number, kind, target, lasts }: PlannedBreak): string =>
  `#${number} ${kind} of ${KINDS[kind].hits(target).join(" and ")} for ${lasts} ms`;
