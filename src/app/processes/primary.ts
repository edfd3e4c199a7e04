import cluster from "node:cluster";
import { randomBytes } from "node:crypto";
import type { Logger } from "pino";
import type { Config } from "../../config/config.js";
import type { RedisLocation } from "../../domain/redisLocation.js";
import { MetricsRelay } from "./metricsRelay.js";
import { SupervisedProcess } from "./supervisedProcess.js";

/** Time to exit beyond the limits of the settings. */
const STOP_MARGIN_MS = 10_000;

/** The processes as one service. */
interface RunningProcesses {
  url: string | undefined;
  metricsUrl: string | undefined;
  close(): Promise<"in order" | "cut off">;
}

/**
 * Starts the web processes, which share one port, and restarts those that exit. This process only supervises them.
 *
 * @param workers whether to start a worker process too
 * @throws AlreadyReported when one of them can't start; the others have stopped
 */
export async function startProcesses(
  config: Config & { redis: RedisLocation },
  workers: boolean,
  log: Logger,
): Promise<RunningProcesses> {
  // The processes accept connections from the kernel. If the primary distributed them, a connection to a killed process would
  // stay open, and one beyond MAX_CONNECTIONS would move to another process instead of being closed.
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
    // The first one starts alone, so that an error of all processes is reported once.
    const { url, metricsUrl } = await first.start();
    await Promise.all(others.map((each) => each.start()));
    return { url, metricsUrl, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The address of the service's own Redis, which is not in the environment. */
const redisEnvironment = ({ redis }: Config): Record<string, string> =>
  redis !== undefined && "url" in redis ? { REDIS_URL: redis.url } : {};

/** One key of operators' sessions, because their requests reach all processes. */
function sessionSecretEnvironment({ access: { operators } }: Config): Record<string, string> {
  const isMissing = operators.kind === "login" && operators.sessionSecret === undefined;
  return isMissing ? { SESSION_SECRET: randomBytes(32).toString("base64") } : {};
}

async function stopAll(all: readonly SupervisedProcess[], { shutdown }: Config): Promise<"in order" | "cut off"> {
  const killSignal = AbortSignal.timeout(1000 * (shutdown.graceSeconds + shutdown.seconds) + STOP_MARGIN_MS);
  const ended = await Promise.all(all.map((each) => each.stop(killSignal)));
  return ended.includes("cut off") ? "cut off" : "in order";
}
