import { setTimeout as wait } from "node:timers/promises";
import type { Redis } from "ioredis";
import {
  type Call,
  late,
  type ScriptedAnswer,
  type ScriptedMqs,
  status,
  tryAgainLater,
  well,
} from "../mqs/scriptedMqs.js";
import type { TcpProxy } from "../processes/tcpProxy.js";
import type { AccessPoint } from "./simulatedAccessPoint.js";
import type { Deployment } from "./deployment.js";
import type { Place } from "./restartingProgram.js";
import type { BreakKind, PlannedBreak } from "./faultPlan.js";
import type { ReportNoise } from "./reportNoise.js";

/** All that can be broken. */
export interface Ground {
  deployment: Deployment;
  mqs: ScriptedMqs;
  accessPoints: AccessPoint[];
  noise: ReportNoise;
  /** A client of Redis that no break cuts off; it waits while Redis is away. */
  redis: Redis;
  /** When keys of queues were deleted, in epoch milliseconds: leases went with them. */
  deletions: number[];
}

/** How one kind of break is done. @returns when what was broken has been put right again */
type Break = (ground: Ground, planned: PlannedBreak) => Promise<void>;

function chosen<T>(things: readonly T[], { target }: PlannedBreak): T {
  const thing = things[target % things.length];
  if (thing === undefined) throw new RangeError("nothing to break");
  return thing;
}

const killed =
  (places: (ground: Ground, planned: PlannedBreak) => Place[]): Break =>
  async (ground, planned) => {
    const dying = places(ground, planned);
    await Promise.all(dying.map((place) => place.kill()));
    await wait(planned.lasts);
    for (const place of dying) place.start();
  };

const broken =
  (
    of: (deployment: Deployment) => TcpProxy[],
    how: (proxy: TcpProxy, planned: PlannedBreak) => unknown,
  ): Break =>
  async ({ deployment }, planned) => {
    const proxy = chosen(of(deployment), planned);
    await how(proxy, planned);
    await wait(planned.lasts);
    await proxy.restore();
  };
const lines = ({ lines }: Deployment) => lines;
const doors = ({ doors }: Deployment) => doors;

const noisy =
  (switched: "repeats" | "delays" | "reorders"): Break =>
  async ({ noise }, { lasts }) => {
    noise[switched] = true;
    await wait(lasts);
    noise[switched] = false;
  };

const dyingTms =
  (trap: "before-submit" | "after-submit"): Break =>
  ({ accessPoints }, planned) =>
    chosen(accessPoints, planned).killTms(trap, planned.lasts);

const moody =
  (answer: (planned: PlannedBreak, call: Call) => ScriptedAnswer): Break =>
  async ({ mqs }, planned) => {
    mqs.usually((call) => answer(planned, call));
    await wait(planned.lasts);
    mqs.usually(() => well);
  };

/** How each kind of break is done. */
export const BREAKS: Record<BreakKind, Break> = {
  "kill-web": killed(({ deployment }, planned) => [chosen(deployment.webs, planned)]),
  "kill-worker": killed(({ deployment }, planned) => [chosen(deployment.workers, planned)]),
  "kill-web-and-worker": killed(({ deployment: { webs, workers } }, planned) => [
    chosen(webs, planned),
    chosen(workers, planned),
  ]),
  "kill-redis": async ({ deployment: { redis } }, { lasts }) => {
    await redis.kill();
    await wait(lasts);
    await redis.start();
  },
  "stop-redis": async ({ deployment: { redis } }, { lasts }) => {
    redis.signal("SIGSTOP");
    await wait(lasts);
    redis.signal("SIGCONT");
  },
  "cut-redis": broken(lines, (line) => line.cut()),
  "slow-redis": broken(lines, (line, { strength }) => line.slow(10 + 190 * strength)),
  "lose-replies": broken(lines, (line) => line.loseAnswers()),
  "cut-web": broken(doors, (door) => door.cut()),
  "slow-web": broken(doors, (door, { strength }) => door.slow(10 + 490 * strength)),
  "lose-answers": broken(doors, (door) => door.loseAnswers()),
  "kill-tms-before-submit": dyingTms("before-submit"),
  "kill-tms-after-submit": dyingTms("after-submit"),
  "repeat-reports": noisy("repeats"),
  "delay-reports": noisy("delays"),
  "reorder-reports": noisy("reorders"),
  "mqs-down": moody(({ strength }) => (strength < 0.5 ? { kind: "drop" } : status(500))),
  "mqs-slow": moody(({ strength }) => late(wait(500 + 5000 * strength), well)),
  "mqs-try-again-later": moody((_, { kind }) => (kind === "activation" ? tryAgainLater : well)),
  "delete-queue-keys": async ({ redis, deletions }, { target, strength }) => {
    const queues = new Map<string, string[]>();
    for await (const keys of redis.scanStream({ match: "{wmsq-*", count: 500 }) as AsyncIterable<string[]>)
      for (const key of keys) {
        const queue = key.slice(0, key.indexOf("}"));
        queues.set(queue, [...(queues.get(queue) ?? []), key]);
      }
    const all = [...queues.values()];
    const doomed = strength < 0.5 ? (all[target % all.length] ?? []) : all.flat();
    deletions.push(Date.now());
    if (doomed.length > 0) await redis.unlink(...doomed);
    deletions.push(Date.now());
  },
  "step-clock": async ({ deployment: { workers } }, planned) => {
    const worker = chosen(workers, planned);
    // From an hour back to an hour ahead.
    worker.stepClock(Math.round((2 * planned.strength - 1) * 3_600_000));
    await wait(planned.lasts);
    worker.stepClock(0);
  },
  "stop-worker": async ({ deployment: { workers } }, planned) => {
    const worker = chosen(workers, planned);
    worker.signal("SIGSTOP");
    await wait(planned.lasts);
    worker.signal("SIGCONT");
  },
};
