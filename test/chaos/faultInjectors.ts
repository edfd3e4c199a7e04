import { setTimeout as wait } from "node:timers/promises";
import type { Redis } from "ioredis";
import {
  delayedResponse,
  type MqsCall,
  normalResponse,
  type ScriptedMqs,
  type ScriptedResponse,
  statusResponse,
  tryAgainLaterResponse,
} from "../mqs/scriptedMqs.js";
import type { TcpProxy } from "../processes/tcpProxy.js";
import type { Deployment } from "./deployment.js";
import type { FaultKind, PlannedFault } from "./faultPlan.js";
import type { ReportNoise } from "./reportNoise.js";
import type { RestartingProgram } from "./restartingProgram.js";
import type { SimulatedAccessPoint } from "./simulatedAccessPoint.js";

/** All that can be broken. */
export interface FaultTargets {
  deployment: Deployment;
  mqs: ScriptedMqs;
  accessPoints: SimulatedAccessPoint[];
  noise: ReportNoise;
  /** A client of Redis that bypasses the proxies. Its commands wait while Redis is unreachable. */
  redis: Redis;
  /** When keys of queues were deleted, in epoch milliseconds: leases went with them. */
  queueDeletionTimesMs: number[];
}

/** How one kind of break is done. @returns when what was broken has been put right again */
type FaultInjector = (ground: FaultTargets, planned: PlannedFault) => Promise<void>;

function chooseTarget<T>(things: readonly T[], { target }: PlannedFault): T {
  const thing = things[target % things.length];
  if (thing === undefined) throw new RangeError("nothing to break");
  return thing;
}

const killPrograms =
  (places: (ground: FaultTargets, planned: PlannedFault) => RestartingProgram[]): FaultInjector =>
  async (ground, planned) => {
    const dying = places(ground, planned);
    await Promise.all(dying.map((place) => place.kill()));
    await wait(planned.durationMs);
    for (const place of dying) place.start();
  };

const breakProxy =
  (
    of: (deployment: Deployment) => TcpProxy[],
    how: (proxy: TcpProxy, planned: PlannedFault) => unknown,
  ): FaultInjector =>
  async ({ deployment }, planned) => {
    const proxy = chooseTarget(of(deployment), planned);
    await how(proxy, planned);
    await wait(planned.durationMs);
    await proxy.restore();
  };
const redisProxiesOf = ({ redisProxies }: Deployment) => redisProxies;
const webProxiesOf = ({ webProxies }: Deployment) => webProxies;

const enableReportNoise =
  (switched: "isRepeating" | "isDelaying" | "isReordering"): FaultInjector =>
  async ({ noise }, { durationMs }) => {
    noise[switched] = true;
    await wait(durationMs);
    noise[switched] = false;
  };

const crashTms =
  (trap: "before-submit" | "after-submit"): FaultInjector =>
  ({ accessPoints }, planned) =>
    chooseTarget(accessPoints, planned).crashTms(trap, planned.durationMs);

const degradeMqs =
  (answer: (planned: PlannedFault, call: MqsCall) => ScriptedResponse): FaultInjector =>
  async ({ mqs }, planned) => {
    mqs.setDefaultResponse((call) => answer(planned, call));
    await wait(planned.durationMs);
    mqs.setDefaultResponse(() => normalResponse);
  };

/** How each kind of break is done. */
export const FAULT_INJECTORS: Record<FaultKind, FaultInjector> = {
  "kill-web": killPrograms(({ deployment }, planned) => [chooseTarget(deployment.webs, planned)]),
  "kill-worker": killPrograms(({ deployment }, planned) => [chooseTarget(deployment.workers, planned)]),
  "kill-web-and-worker": killPrograms(({ deployment: { webs, workers } }, planned) => [
    chooseTarget(webs, planned),
    chooseTarget(workers, planned),
  ]),
  "kill-redis": async ({ deployment: { redis } }, { durationMs }) => {
    await redis.kill();
    await wait(durationMs);
    await redis.start();
  },
  "stop-redis": async ({ deployment: { redis } }, { durationMs }) => {
    redis.signal("SIGSTOP");
    await wait(durationMs);
    redis.signal("SIGCONT");
  },
  "cut-redis": breakProxy(redisProxiesOf, (line) => line.disconnect()),
  "slow-redis": breakProxy(redisProxiesOf, (line, { strength }) => line.setLatency(10 + 190 * strength)),
  "lose-replies": breakProxy(redisProxiesOf, (line) => line.dropResponses()),
  "cut-web": breakProxy(webProxiesOf, (proxy) => proxy.disconnect()),
  "slow-web": breakProxy(webProxiesOf, (proxy, { strength }) => proxy.setLatency(10 + 490 * strength)),
  "lose-answers": breakProxy(webProxiesOf, (proxy) => proxy.dropResponses()),
  "kill-tms-before-submit": crashTms("before-submit"),
  "kill-tms-after-submit": crashTms("after-submit"),
  "repeat-reports": enableReportNoise("isRepeating"),
  "delay-reports": enableReportNoise("isDelaying"),
  "reorder-reports": enableReportNoise("isReordering"),
  "mqs-down": degradeMqs(({ strength }) => (strength < 0.5 ? { kind: "drop" } : statusResponse(500))),
  "mqs-slow": degradeMqs(({ strength }) => delayedResponse(wait(500 + 5000 * strength), normalResponse)),
  "mqs-try-again-later": degradeMqs((_, { kind }) => (kind === "activation" ? tryAgainLaterResponse : normalResponse)),
  "delete-queue-keys": async ({ redis, queueDeletionTimesMs }, { target, strength }) => {
    const queues = new Map<string, string[]>();
    for await (const keys of redis.scanStream({ match: "{wmsq-*", count: 500 }) as AsyncIterable<string[]>)
      for (const key of keys) {
        const queue = key.slice(0, key.indexOf("}"));
        queues.set(queue, [...(queues.get(queue) ?? []), key]);
      }
    const all = [...queues.values()];
    const doomed = strength < 0.5 ? (all[target % all.length] ?? []) : all.flat();
    queueDeletionTimesMs.push(Date.now());
    if (doomed.length > 0) await redis.unlink(...doomed);
    queueDeletionTimesMs.push(Date.now());
  },
  "step-clock": async ({ deployment: { workers } }, planned) => {
    const worker = chooseTarget(workers, planned);
    // From an hour back to an hour ahead.
    worker.stepClock(Math.round((2 * planned.strength - 1) * 3_600_000));
    await wait(planned.durationMs);
    worker.stepClock(0);
  },
  "stop-worker": async ({ deployment: { workers } }, planned) => {
    const worker = chooseTarget(workers, planned);
    worker.signal("SIGSTOP");
    await wait(planned.durationMs);
    worker.signal("SIGCONT");
  },
};
