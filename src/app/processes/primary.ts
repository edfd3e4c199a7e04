import cluster from "node:cluster";
import { randomBytes } from "node:crypto";
import type { Logger } from "pino";
import type { Config } from "../../config/config.js";
import type { RedisLocation } from "../../domain/redisLocation.js";
import { MetricsRelay } from "./metricsRelay.js";
import { SupervisedProcess } from "./supervisedProcess.js";

/** Milliseconds that a process may take to end beyond what the settings give it. */
const STOP_MARGIN_MS = 10_000;

/** Where the processes answer, as one service; `close` ends them as one would end by itself. */
interface RunningProcesses {
  url: string | undefined;
  metricsUrl: string | undefined;
  close(): Promise<"in order" | "cut off">;
}

/**
 * Starts several web processes that listen at one port, and one for the background work where that is wanted, and keeps
 * them running. This process does nothing else.
 *
 * @param workers whether there is background work to do, too
 * @throws ToldAlready when one of them can't start; the others have ended by then
 */
export async function startProcesses(
  config: Config & { redis: RedisLocation },
  workers: boolean,
  log: Logger,
): Promise<RunningProcesses> {
  // Each accepts its connections from the kernel. Were they passed on by this process, one that a killed process had not taken yet
  // would stay open for ever, and one beyond the limit would go round instead of being closed.
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  const environment = { ...redisEnvironment(config), ...sessionSecretEnvironment(config) };
  const supervise = (name: string, program: "web" | "worker"): SupervisedProcess =>
    new SupervisedProcess({
      name,
      program,
      environment,
      onMessage: (message, from) => metricsRelay.handleMessage(message, from),
      log,
    });
  const first = supervise("web-1", "web");
  const others = Array.from({ length: config.webConcurrency - 1 }, (_, n) => supervise(`web-${n + 2}`, "web"));
  if (workers) others.push(supervise("worker", "worker"));
  const all = [first, ...others];
  const metricsRelay = new MetricsRelay(all);
  const close = () => stopAll(all, config);
  try {
    // Alone, so that what keeps every one of them from starting is said once.
    const { url, metricsUrl } = await first.start();
    await Promise.all(others.map((each) => each.start()));
    return { url, metricsUrl, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** One that this process has started is not in its environment. */
const redisEnvironment = ({ redis }: Config): Record<string, string> =>
  redis !== undefined && "url" in redis ? { REDIS_URL: redis.url } : {};

/** What seals operators' sessions: their requests come to any of the processes. */
function sessionSecretEnvironment({ access: { operators } }: Config): Record<string, string> {
  const isMissing = operators.kind === "login" && operators.sessionSecret === undefined;
  return isMissing ? { SESSION_SECRET: randomBytes(32).toString("base64") } : {};
}

async function stopAll(all: readonly SupervisedProcess[], { shutdown }: Config): Promise<"in order" | "cut off"> {
  const killSignal = AbortSignal.timeout(1000 * (shutdown.graceSeconds + shutdown.seconds) + STOP_MARGIN_MS);
  const ended = await Promise.all(all.map((each) => each.stop(killSignal)));
  return ended.includes("cut off") ? "cut off" : "in order";
}
