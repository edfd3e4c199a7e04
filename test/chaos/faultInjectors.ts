import { setTimeout as wait } from "node:timers/promises";
import { listMasters, type RedisClient } from "../../src/redis/redisClient.js";
import type { IdentityProvider } from "../auth/identityProvider.js";
import {
  delayedResponse,
  garbageResponse,
  type MqsCall,
  normalResponse,
  type ScriptedMqs,
  type ScriptedResponse,
  statusResponse,
  tryAgainLaterResponse,
} from "../mqs/scriptedMqs.js";
import type { TcpProxy } from "../processes/tcpProxy.js";
import { waitForValue } from "../setup/waitFor.js";
import type { Deployment } from "./deployment.js";
import type { FaultKind, PlannedFault } from "./faultPlan.js";
import type { ReportNoise } from "./reportNoise.js";
import type { RestartingProgram } from "./restartingProgram.js";
import type { SimulatedAccessPoint } from "./simulatedAccessPoint.js";

/** The parts of the environment that faults affect. */
export interface FaultTargets {
  deployment: Deployment;
  mqs: ScriptedMqs;
  provider: IdentityProvider;
  accessPoints: SimulatedAccessPoint[];
  noise: ReportNoise;
  /** A client of Redis that bypasses the proxies. Its commands wait while Redis is unreachable. */
  redis: RedisClient;
  /** When keys of queues, and thus leases, were deleted, in epoch milliseconds. */
  queueDeletionTimesMs: number[];
}

/** Injects a fault of one kind. @returns when the fault has ended */
type FaultInjector = (targets: FaultTargets, planned: PlannedFault) => Promise<void>;

function chooseTarget<T>(things: readonly T[], { target }: PlannedFault): T {
  const thing = things[target % things.length];
  if (thing === undefined) throw new RangeError("no target for the fault");
  return thing;
}

const killPrograms =
  (choose: (targets: FaultTargets, planned: PlannedFault) => RestartingProgram[]): FaultInjector =>
  async (targets, planned) => {
    const programs = choose(targets, planned);
    await Promise.all(programs.map((program) => program.kill()));
    await wait(planned.durationMs);
    for (const program of programs) program.start();
  };

const breakProxy =
  (
    proxiesOf: (deployment: Deployment) => readonly TcpProxy[],
    degrade: (proxy: TcpProxy, planned: PlannedFault) => unknown,
  ): FaultInjector =>
  async ({ deployment }, planned) => {
    const proxy = chooseTarget(proxiesOf(deployment), planned);
    await degrade(proxy, planned);
    await wait(planned.durationMs);
    await proxy.restore();
  };
/** The probability that a packet is lost, on the worst network. */
const MAX_PACKET_LOSS = 0.2;
const redisProxiesOf = ({ redis }: Deployment) => redis.proxies;
const webProxiesOf = ({ webProxies }: Deployment) => webProxies;

const enableReportNoise =
  (flag: "isRepeating" | "isDelaying" | "isReordering"): FaultInjector =>
  async ({ noise }, { durationMs }) => {
    noise[flag] = true;
    await wait(durationMs);
    noise[flag] = false;
  };

const crashTms =
  (crashPoint: "before-submit" | "after-submit"): FaultInjector =>
  ({ accessPoints }, planned) =>
    chooseTarget(accessPoints, planned).crashTms(crashPoint, planned.durationMs);

const degradeMqs =
  (respond: (planned: PlannedFault, call: MqsCall) => ScriptedResponse): FaultInjector =>
  async ({ mqs }, planned) => {
    mqs.setDefaultResponse((call) => respond(planned, call));
    await wait(planned.durationMs);
    mqs.setDefaultResponse(() => normalResponse);
  };

/** Old keys stay published until the requests with their tokens have ended. */
const KEPT_KEYS = 3;

const degradeProvider =
  (degrade: (provider: IdentityProvider, planned: PlannedFault) => unknown): FaultInjector =>
  async ({ provider }, planned) => {
    await degrade(provider, planned);
    await provider.rotateKeys(KEPT_KEYS);
    await wait(planned.durationMs);
    provider.behavior = "well";
    provider.responseDelayMs = 0;
    await provider.restart();
  };

/** The injector of each kind of fault. */
export const FAULT_INJECTORS: Record<FaultKind, FaultInjector> = {
  "kill-web": killPrograms(({ deployment }, planned) => [chooseTarget(deployment.webs, planned)]),
  "kill-worker": killPrograms(({ deployment }, planned) => [chooseTarget(deployment.workers, planned)]),
  "kill-web-and-worker": killPrograms(({ deployment: { webs, workers } }, planned) => [
    chooseTarget(webs, planned),
    chooseTarget(workers, planned),
  ]),
  "kill-redis": ({ deployment: { redis } }, { durationMs, target }) => redis.kill(durationMs, target),
  "stop-redis": ({ deployment: { redis } }, { durationMs, target }) => redis.stop(durationMs, target),
  "fill-redis": async ({ redis }, { durationMs }) => {
    for (const master of listMasters(redis)) await master.config("SET", "maxmemory", "1");
    await wait(durationMs);
    for (const master of listMasters(redis)) await master.config("SET", "maxmemory", "0");
  },
  "fill-disk": ({ deployment: { redis } }, { durationMs, target }) => redis.fillDisk(durationMs, target),
  "demote-redis": ({ deployment: { redis } }, { durationMs }) => redis.demote(durationMs),
  "cut-redis": breakProxy(redisProxiesOf, (proxy) => proxy.disconnect()),
  "slow-redis": breakProxy(redisProxiesOf, (proxy, { strength }) => proxy.setLatency(10 + 190 * strength)),
  "lossy-redis": breakProxy(redisProxiesOf, (proxy, { strength }) => proxy.losePackets(MAX_PACKET_LOSS * strength)),
  "lose-replies": breakProxy(redisProxiesOf, (proxy) => proxy.dropResponses()),
  "silence-redis": breakProxy(redisProxiesOf, (proxy) => proxy.silence()),
  "cut-web": breakProxy(webProxiesOf, (proxy) => proxy.disconnect()),
  "slow-web": breakProxy(webProxiesOf, (proxy, { strength }) => proxy.setLatency(10 + 490 * strength)),
  "lossy-web": breakProxy(webProxiesOf, (proxy, { strength }) => proxy.losePackets(MAX_PACKET_LOSS * strength)),
  "lose-answers": breakProxy(webProxiesOf, (proxy) => proxy.dropResponses()),
  "silence-web": breakProxy(webProxiesOf, (proxy) => proxy.silence()),
  "kill-tms-before-submit": crashTms("before-submit"),
  "kill-tms-after-submit": crashTms("after-submit"),
  "repeat-reports": enableReportNoise("isRepeating"),
  "delay-reports": enableReportNoise("isDelaying"),
  "reorder-reports": enableReportNoise("isReordering"),
  "mqs-down": degradeMqs(({ strength }) => (strength < 0.5 ? { kind: "drop" } : statusResponse(500))),
  "mqs-slow": degradeMqs(({ strength }) => delayedResponse(wait(500 + 5000 * strength), normalResponse)),
  "mqs-busy": degradeMqs(() => statusResponse(429, { code: 429, error: "slow down" }, { "retry-after": "1" })),
  "mqs-html": degradeMqs(({ strength }) =>
    strength < 0.5 ? garbageResponse : statusResponse(502, "<html>Bad Gateway</html>"),
  ),
  "mqs-try-again-later": degradeMqs((_, { kind }) => (kind === "activation" ? tryAgainLaterResponse : normalResponse)),
  "provider-down": degradeProvider(async (provider, { strength }) => {
    if (strength < 0.5) await provider.stop();
    else provider.behavior = "failing";
  }),
  "provider-slow": degradeProvider((provider, { strength }) => {
    provider.responseDelayMs = 500 + 5000 * strength;
  }),
  "provider-busy": degradeProvider((provider) => {
    provider.behavior = "busy";
  }),
  "provider-html": degradeProvider((provider) => {
    provider.behavior = "garbage";
  }),
  "delete-queue-keys": async ({ redis, queueDeletionTimesMs }, { target, strength }) => {
    const queues = new Map<string, string[]>();
    for (const master of listMasters(redis))
      for await (const keys of master.scanStream({ match: "{wmsq-*", count: 500 }) as AsyncIterable<string[]>)
        for (const key of keys) {
          const queue = key.slice(0, key.indexOf("}"));
          queues.set(queue, [...(queues.get(queue) ?? []), key]);
        }
    const all = [...queues.values()];
    const toDelete = strength < 0.5 ? all.slice(target % all.length).slice(0, 1) : all;
    queueDeletionTimesMs.push(Date.now());
    // Another fault of the round may let Redis refuse writes.
    for (const keys of toDelete)
      await waitForValue(
        "Redis deletes the keys",
        () => redis.unlink(...keys).catch(() => undefined),
        (count) => count !== undefined,
        60_000,
      );
    queueDeletionTimesMs.push(Date.now());
  },
  "step-clock": async ({ deployment: { webs, workers } }, planned) => {
    const program = chooseTarget([...webs, ...workers], planned);
    // From one hour behind to one hour ahead.
    program.stepClock(Math.round((2 * planned.strength - 1) * 3_600_000));
    await wait(planned.durationMs);
    program.stepClock(0);
  },
  "stop-worker": async ({ deployment: { workers } }, planned) => {
    const worker = chooseTarget(workers, planned);
    worker.signal("SIGSTOP");
    await wait(planned.durationMs);
    worker.signal("SIGCONT");
  },
};
