import type { Logger } from "pino";
import { type Config, ConfigError, readConfig } from "../config/config.js";
import { isLoopback } from "../domain/loopback.js";
import { masking } from "../domain/maskSecrets.js";
import { createLogger } from "./logging.js";
import { Child } from "./processes/primaryConnection.js";
import { ToldAlready } from "./processes/supervisedProcess.js";
import { type ProvidedRedis, provideRedis } from "../redis/provideRedis.js";
import { RedisStartError } from "../redis/redisStartError.js";
import type { Roles, Service } from "./service.js";
import { LayoutError } from "../store/layout.js";

/** A second Ctrl-C within this many milliseconds is the first one's echo: the terminal and npm both send it. */
const ECHO = 500;
/** Exit code of a process that was told to end and had to cut off work that did not end in time. */
const CUT_OFF = 3;

interface Started {
  config: Config;
  redis: ProvidedRedis;
  service: Service;
}

/**
 * A process of the service, from its first line to its exit code: 0 after SIGINT or SIGTERM, 3 when work under way had to be
 * cut off then, 1 when it could not start, lost its own Redis or met an error that nobody foresaw, 130 when it was told twice
 * to end.
 */
export async function run(roles: Roles): Promise<void> {
  const child = Child.ofThisProcess();
  const stopping = stopSignal(child);
  let mask = masking([]);
  try {
    const config = readConfig(process.env);
    mask = masking(config.secrets);
    const log = await createLogger(
      config.logLevel,
      !config.production && process.stderr.isTTY === true,
      mask,
    );
    endOnFault(log);
    const started = await start(config, roles, log, child);
    if (child === undefined) greet(started, roles);
    else child.sayReady(started.service);
    const redisEnded = started.redis.ended.then(() => "redis ended" as const);
    const why = await Promise.race([stopping.then(() => "told to" as const), redisEnded]);
    if (why === "redis ended") log.fatal("the Redis of this process has ended by itself: ending too");
    const ended = await stop(started, log);
    process.exit(why === "redis ended" ? 1 : ended === "cut off" ? CUT_OFF : 0);
  } catch (error) {
    const words = explain(error);
    if (words !== undefined) process.stderr.write(`${mask(words)}\n`);
    process.exit(1);
  }
}

async function start(config: Config, roles: Roles, log: Logger, child: Child | undefined): Promise<Started> {
  if (config.redis === undefined && !(roles.web && roles.workers))
    throw new ConfigError(
      "REDIS_URL: must be set, because the web and worker processes share a Redis (npm start brings its own)",
    );
  const redis = await provideRedis({
    location: config.redis,
    dataDir: config.dataDir,
    appendOnly: true,
    log,
  });
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

async function stop({ service, redis }: Started, log: Logger): Promise<"in order" | "cut off"> {
  log.info("stopping");
  const ended = await service.close();
  await redis.stop();
  if (ended === "cut off") log.warn("stopped; what was under way did not end in time and was cut off");
  else log.info("stopped");
  return ended;
}

/** Node itself would print such an error with all that it carries. */
function endOnFault(log: Logger): void {
  process.on("uncaughtException", (error) => {
    log.fatal({ err: error }, "an error that nobody foresaw: ending");
    process.exit(1);
  });
}

/**
 * Fulfilled when the process is told to end. Being told again, later, ends it at once. A terminal's SIGINT reaches all processes;
 * a child is told of it by its primary.
 */
function stopSignal(child: Child | undefined): Promise<void> {
  return new Promise((resolve) => {
    let first: number | undefined;
    const onSignal = () => {
      first ??= Date.now();
      if (Date.now() - first > ECHO) process.exit(130);
      resolve();
    };
    void child?.toldToEnd.then(resolve);
    process.on("SIGINT", child === undefined ? onSignal : () => undefined);
    process.on("SIGTERM", onSignal);
  });
}

function greet({ config, redis, service }: Started, roles: Roles): void {
  const lines: string[] = [];
  if (service.url === undefined) lines.push(`WMS worker runs (Redis: ${redis.source})`);
  else lines.push(`WMS listens on ${service.url}`, `Redis: ${redis.source}`);
  if (service.url !== undefined) lines.push(`Access: ${whoMay(config)}`);
  if (service.url === undefined && service.metricsUrl !== undefined)
    lines.push(`Metrics: ${service.metricsUrl}/metrics`);
  if (config.mqs.address === undefined) lines.push("MQS: the embedded one");
  const token = config.access.tokens === undefined ? "" : ' -H "Authorization: Bearer $TOKEN"';
  if (service.url !== undefined && roles.workers)
    lines.push(
      `Try: curl${token} ${service.url}/v1/query/workflows -d '{"query": {}}'`,
      `API: ${service.url}/docs/`,
      `Page: ${service.url}/`,
    );
  process.stdout.write(`${lines.join("\n")}\n`);
}

function whoMay({ access, host }: Config): string {
  if (access.tokens !== undefined) return `tokens of ${access.openIdUrl}`;
  const whoever = isLoopback(host) ? "every program on this machine" : "whoever reaches this port";
  return `tokens are not checked, ${whoever} may do everything`;
}

/** One sentence for what the person at the terminal can mend; a stack for what only a programmer can. */
function explain(error: unknown): string | undefined {
  if (error instanceof ToldAlready) return undefined;
  if (error instanceof ConfigError || error instanceof RedisStartError || error instanceof LayoutError)
    return error.message;
  if (!(error instanceof Error)) return String(error);
  return error.stack ?? error.message;
}
