import type { Logger } from "pino";
import { type Config, ConfigError, readConfig } from "../config/config.js";
import { isLoopback } from "../domain/loopback.js";
import { createSecretMask } from "../domain/maskSecrets.js";
import { type ProvidedRedis, provideRedis } from "../redis/provideRedis.js";
import { RedisStartError } from "../redis/redisAddress.js";
import { LayoutError } from "../store/layout.js";
import { startIdleCollection } from "./idleCollection.js";
import { createLogger } from "./logging.js";
import { PrimaryConnection } from "./processes/primaryConnection.js";
import { AlreadyReported } from "./processes/supervisedProcess.js";
import type { Roles } from "./roles.js";
import type { Service } from "./service.js";

/** A second signal within this time is the same Ctrl-C: the terminal and npm both send it. */
const DUPLICATE_SIGNAL_WINDOW_MS = 500;
/** Exit code when the shutdown had to cut off work. */
const CUT_OFF_EXIT_CODE = 3;

/** A signal ended the start. */
class StopRequestedError extends Error {
  override name = "StopRequestedError";
}

/** Node wraps the reason of a signal. */
const isStopRequested = (error: unknown): boolean =>
  error instanceof Error && (error instanceof StopRequestedError || error.cause instanceof StopRequestedError);

interface StartedProcess {
  config: Config;
  redis: ProvidedRedis;
  service: Service;
}

/**
 * Runs a process of the service until it exits. Exit codes: 0 after SIGINT, SIGTERM or SIGHUP; 3 when the shutdown cut off work; 1
 * when the start failed, the service's own Redis ended, or an unexpected error occurred; 130 after a second signal.
 */
export async function run(roles: Roles): Promise<void> {
  const primary = PrimaryConnection.forCurrentProcess();
  const stopRequested = waitForStopSignal(primary);
  let mask = createSecretMask([]);
  try {
    const config = readConfig(process.env);
    mask = createSecretMask(config.secrets);
    const log = await createLogger(config.logLevel, !config.isProduction && process.stderr.isTTY === true, mask);
    process.on("uncaughtException", (error) => {
      // Node would print all properties of the error, which may hold secrets.
      log.fatal({ err: error }, "unexpected error, exiting");
      process.exit(1);
    });
    const stopping = new AbortController();
    void stopRequested.then(() => stopping.abort(new StopRequestedError()));
    const started = await startProcess(config, roles, { log, child: primary, signal: stopping.signal });
    if (globalThis.gc !== undefined) startIdleCollection(globalThis.gc);
    if (primary === undefined) printBanner(started, roles);
    else primary.reportReady();
    const redisEnded = started.redis.ended.then(() => "redis ended" as const);
    const stopReason = await Promise.race([stopRequested.then(() => "signal" as const), redisEnded]);
    if (stopReason === "redis ended") log.fatal("the Redis server of this process has exited, stopping");
    const ended = await stopProcess(started, log);
    process.exit(stopReason === "redis ended" ? 1 : ended === "cut off" ? CUT_OFF_EXIT_CODE : 0);
  } catch (error) {
    if (isStopRequested(error)) process.exit(0);
    const errorText = describeStartError(error);
    if (errorText !== undefined) process.stderr.write(`${mask(errorText)}\n`);
    process.exit(1);
  }
}

/** @param options `signal`: ends the wait for Redis */
async function startProcess(
  config: Config,
  roles: Roles,
  { log, child, signal }: { log: Logger; child: PrimaryConnection | undefined; signal: AbortSignal },
): Promise<StartedProcess> {
  if (config.redis === undefined && !(roles.web && roles.workers))
    throw new ConfigError(
      "REDIS_URL: must be set, because web and worker processes share a Redis (npm start can start its own)",
    );
  const { redis: location, dataDir, redisWaitSeconds: waitSeconds } = config;
  // The primary has logged what it warns of.
  const redisLog = child === undefined ? log : log.child({}, { level: "error" });
  const redis = await provideRedis({ location, dataDir, appendOnly: true, waitSeconds, signal, log: redisLog });
  const settings = { ...config, redis: redis.location };
  try {
    const service =
      roles.web && config.webConcurrency > 1 && child === undefined
        ? await (await import("./processes/primary.js")).startProcesses(settings, roles.workers, log)
        : await (await import("./service.js")).startService(settings, roles, log, { child });
    return { config, redis, service };
  } catch (error) {
    await redis.stop();
    throw error;
  }
}

async function stopProcess({ service, redis }: StartedProcess, log: Logger): Promise<"in order" | "cut off"> {
  log.info("stopping");
  const ended = await service.close();
  await redis.stop();
  if (ended === "cut off") log.warn("stopped; work under way did not end in time and was cut off");
  else log.info("stopped");
  return ended;
}

/**
 * Resolves at the first signal; a later one exits at once. A child ignores SIGINT and SIGHUP, which a terminal
 * sends to all processes: its primary sends a message instead.
 */
function waitForStopSignal(primary: PrimaryConnection | undefined): Promise<void> {
  return new Promise((resolve) => {
    let firstSignalAtMs: number | undefined;
    const onSignal = () => {
      firstSignalAtMs ??= performance.now();
      if (performance.now() - firstSignalAtMs > DUPLICATE_SIGNAL_WINDOW_MS) process.exit(130);
      resolve();
    };
    void primary?.stopRequested.then(resolve);
    for (const signal of ["SIGINT", "SIGHUP"]) process.on(signal, primary === undefined ? onSignal : () => undefined);
    process.on("SIGTERM", onSignal);
  });
}

function printBanner({ config, redis, service }: StartedProcess, roles: Roles): void {
  const { url, metricsUrl } = service;
  const lines =
    url === undefined
      ? [`WMS worker runs (Redis: ${redis.source})`]
      : [`WMS listens on ${url}`, `Redis: ${redis.source}`];
  if (redis.clientCommand !== undefined) lines.push(`Redis client: ${redis.clientCommand}`);
  if (url !== undefined) lines.push(describeAccess(config));
  if (url === undefined && metricsUrl !== undefined) lines.push(`Metrics: ${metricsUrl}/metrics`);
  if (config.mqs.address === undefined) lines.push("MQS: embedded");
  const token = config.access.authentication.kind === "open" ? "" : ' -H "Authorization: Bearer $TOKEN"';
  if (url !== undefined && roles.workers) {
    const page = `${url}${config.basePath}/`;
    lines.push(`Try: curl${token} ${url}/v1/query/workflows -d '{"query": {}}'`, `API: ${page}docs/`, `Page: ${page}`);
  }
  process.stdout.write(`${lines.join("\n")}\n`);
}

function describeAccess({ access: { authentication }, host }: Config): string {
  if (authentication.kind === "tokens") return `Authentication: tokens of ${authentication.openIdUrl}`;
  const subject = isLoopback(host) ? "any local process" : "every client that reaches this port";
  return `Authentication is off: ${subject} has full access`;
}

/** Returns one sentence for an error that an operator can repair, else the stack. */
function describeStartError(error: unknown): string | undefined {
  if (error instanceof AlreadyReported) return undefined;
  if (error instanceof ConfigError || error instanceof RedisStartError || error instanceof LayoutError)
    return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
