import { setTimeout as delay } from "node:timers/promises";
import type { Redis } from "ioredis";
import type { Logger } from "pino";
import { createApp } from "./api/app.js";
import { logExchanges } from "./api/exchangeLog.js";
import { createServer } from "./api/server.js";
import type { Config } from "./config/config.js";
import { configuredSchedds } from "./domain/clusters.js";
import type { Mqs } from "./domain/mqProfile.js";
import type { Wms } from "./lifecycle/context.js";
import { createEmbeddedMqs, type EmbeddedMqs } from "./mqs/embeddedMqs.js";
import { createHttpMqs } from "./mqs/httpMqs.js";
import { createQueues } from "./queues/queues.js";
import { connectRequests, connectWorkers } from "./redis/clients.js";
import { listen, stopServing } from "./serving.js";
import { openStore } from "./store/store.js";
import { startWorkers } from "./workers/workers.js";

/** What a process does: answer requests, do the work behind them, or both. */
export interface Roles {
  web: boolean;
  workers: boolean;
}

/** A running service. */
export interface Service {
  /** Where the API answers, without a slash at the end; undefined without the web role. */
  url: string | undefined;
  /** Ends it in order, within seconds whatever hangs: requests and jobs under way first, connections last. */
  close(): Promise<void>;
}

/** How long jobs under way may take to end, in milliseconds: a call to the MQS ends after 10 s. */
const WORKER_PATIENCE = 12_000;
/** How long closing may take, in milliseconds, when Redis is away and nothing under way can end any more. */
const PATIENCE_WITHOUT_REDIS = 2000;

/**
 * Starts the service on a Redis that answers.
 *
 * @throws ConfigError when it can't listen, LayoutError when the data has another number of partitions, RedisStartError
 *   when Redis does not answer after all; what was started by then has been closed
 */
export async function startService(
  config: Config & { redisUrl: string },
  roles: Roles,
  log: Logger,
): Promise<Service> {
  const closings: (() => Promise<unknown>)[] = [];
  const close = async () => {
    // What was opened later uses what was opened before.
    for (const closing of closings.splice(0).reverse()) await closing();
  };
  try {
    const redis = await connectRequests(config.redisUrl, log);
    closings.push(async () => redis.disconnect());
    const mqs = chooseMqs(config, redis, log);
    const wms = await openWms(config, redis, mqs.used, log);
    closings.push(() => within(PATIENCE_WITHOUT_REDIS, wms.queues.close()));
    if (roles.workers) closings.push(await work(wms, config, log));
    if (!roles.web) return { url: undefined, close };
    const app = createApp({
      wms,
      ready: () => answers(redis),
      embeddedMqs: mqs.embedded,
      observers: [logExchanges(log)],
      log,
    });
    const server = createServer(app);
    const url = await listen(server, config.host, config.port);
    closings.push(() => stopServing(server));
    return { url, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function chooseMqs({ mqs }: Config, redis: Redis, log: Logger): { used: Mqs; embedded?: EmbeddedMqs } {
  if (mqs.address !== undefined)
    return { used: createHttpMqs({ address: mqs.address, credentials: mqs.credentials, log }) };
  const embedded = createEmbeddedMqs({ redis, broker: mqs.broker });
  return { used: embedded, embedded };
}

async function openWms(config: Config, redis: Redis, mqs: Mqs, log: Logger): Promise<Wms> {
  const { clusters, pilotImagesDir, queryMaxBytes, tms } = config;
  const store = await openStore(redis, { partitions: config.partitions });
  const schedds = new Set([...(await store.knownSchedds()), ...configuredSchedds(clusters)]);
  const queues = createQueues({ redis, leaseSeconds: tms.leaseSeconds, schedds });
  const { actionRetries, retryWait } = tms;
  const settings = { clusters, pilotImagesDir, queryMaxBytes, actionRetries, retryWait };
  return { store, queues, mqs, settings, log };
}

/** Starts the workers on a client of their own. @returns how to end them, and then the client */
async function work(
  wms: Wms,
  config: Config & { redisUrl: string },
  log: Logger,
): Promise<() => Promise<void>> {
  const redis = await connectWorkers(config.redisUrl, log);
  const workers = startWorkers(wms, {
    redis,
    reconcileSeconds: config.reconcileSeconds,
    activationRetryWait: config.mqs.activationRetryWait,
  });
  return async () => {
    const closing = workers.close();
    const hopeless = away(redis).then(() => within(PATIENCE_WITHOUT_REDIS, closing));
    await within(WORKER_PATIENCE, Promise.race([closing, hopeless]));
    redis.disconnect();
  };
}

const answers = async (redis: Redis): Promise<boolean> => (await redis.ping()) === "PONG";

/** Fulfilled when a client has no connection. */
async function away(redis: Redis): Promise<void> {
  if (redis.status === "ready") await new Promise<void>((resolve) => redis.once("close", () => resolve()));
}

async function within(milliseconds: number, closing: Promise<unknown>): Promise<void> {
  const enough = new AbortController();
  await Promise.race([closing, delay(milliseconds, undefined, { signal: enough.signal })]);
  enough.abort();
}
