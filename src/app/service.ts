import { EventEmitter } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import type { Telemetry } from "bullmq";
import type { Logger } from "pino";
import { Draining } from "../api/http/drainController.js";
import { logExchanges } from "../api/http/requestLog.js";
import { createServer } from "../api/http/httpServer.js";
import type { Config } from "../config/config.js";
import { configuredSchedds } from "../domain/clusters.js";
import type { Mqs } from "../domain/mqProfile.js";
import type { RedisLocation } from "../domain/redisLocation.js";
import type { Wms } from "../lifecycle/context.js";
import type { Metrics, MetricsSources } from "../metrics/metrics.js";
import { createEmbeddedMqs, type EmbeddedMqs } from "../mqs/embeddedMqs.js";
import { createHttpMqs } from "../mqs/httpMqs.js";
import type { Child } from "./processes/primaryConnection.js";
import { createQueues } from "../queues/queues.js";
import { watchReadiness } from "./readiness.js";
import { settingOf } from "../redis/redisAddress.js";
import { pingMasters, type RedisClient } from "../redis/redisClient.js";
import {
  connectBulk,
  connectFollower,
  connectRequests,
  connectWorkers,
  FOLLOWER_PATIENCE,
} from "../redis/connectClients.js";
import { RedisStartError } from "../redis/redisStartError.js";
import { listen, logRefusals, stopServing } from "./httpListener.js";
import { openStore } from "../store/store.js";
import type { Tracing } from "../tracing/startTracing.js";
import { Watchers } from "../views/events/subscribers.js";
import { type PeriodicWork, startPeriodic } from "../workers/periodic.js";

/** What a process does: answer requests, do the work behind them, or both. */
export interface Roles {
  web: boolean;
  workers: boolean;
}

/** A running service. */
export interface Service {
  /** Where the API answers, without a slash at the end; undefined without the web role. */
  url: string | undefined;
  /** Where the metrics are, likewise: with the API, or on a port of their own, or nowhere. */
  metricsUrl: string | undefined;
  /**
   * Ends it in order: first it says that it is not ready any more, then requests and jobs under way end, then connections.
   *
   * @returns whether all that was under way has ended within the time that the settings give it
   */
  close(): Promise<"in order" | "cut off">;
}

/** Where a service runs. */
export interface Surroundings {
  /** Where the page may lie, as `npm run build` made it; undefined: beside the programs. */
  pageFolders?: readonly string[] | undefined;
  /** What this process is to the primary that started it; undefined: none did. */
  child?: Child | undefined;
}

/** Milliseconds between two looks for new schedds. */
const LEARN_INTERVAL = 2000;
/** Milliseconds after which an unused connection is used: proxies and firewalls forget them after minutes. */
const KEEP_OPEN_INTERVAL = 20_000;
/** How long each step of closing may take, in milliseconds, when Redis is away and nothing under way can end any more. */
const PATIENCE_WITHOUT_REDIS = 2000;

/**
 * Starts the service on a Redis that answers.
 *
 * @throws ConfigError when it can't listen, LayoutError when the data has another number of partitions, RedisStartError
 *   when Redis does not answer after all, or refuses our data; what was started by then has been closed
 */
export async function startService(
  config: Config & { redis: RedisLocation },
  roles: Roles,
  log: Logger,
  { pageFolders, child }: Surroundings = {},
): Promise<Service> {
  const draining = new Draining();
  // Those in which work is under way: they end side by side.
  const drains: ((enough: AbortSignal) => Promise<void>)[] = [];
  const closings: (() => Promise<unknown>)[] = [];
  let listening = false;
  const close = async () => {
    draining.begin();
    if (listening) await delay(config.shutdown.graceSeconds * 1000);
    const ended = await drain(drains.splice(0), config.shutdown.seconds);
    // What was opened later uses what was opened before.
    for (const closing of closings.splice(0).reverse()) await closing();
    return ended;
  };
  try {
    const tracing = await trace(config, roles, log);
    if (tracing !== undefined) closings.push(() => tracing.stop());
    const redis = await connectRequests(config.redis, log);
    closings.push(async () => redis.disconnect());
    // Workers write nothing large.
    const bulk = roles.web ? await connectBulk(config.redis, log) : undefined;
    closings.push(async () => bulk?.disconnect());
    const mqs = chooseMqs(config, redis, log);
    const wms = await openWms(config, { redis, bulk }, mqs.used, log, tracing?.jobs);
    closings.push(() => within(PATIENCE_WITHOUT_REDIS, wms.queues.close()));
    for (const work of [learnSchedds(wms), ...(bulk ? [keepOpen(bulk)] : [])]) {
      const running = startPeriodic(work, wms);
      closings.push(() => within(PATIENCE_WITHOUT_REDIS, running.close()));
    }
    const readiness = watchReadiness(wms.store, () => draining.begun);
    const connect = () => connectFollower(config.redis, log);
    const watchers = new Watchers({ store: wms.store, connect, patience: FOLLOWER_PATIENCE, log });
    const port = roles.web ? config.port : config.metrics.port;
    const counted = { ...wms, readiness, watchers: () => watchers.count, siblings: child };
    // What nobody could ask for is not counted.
    const metrics =
      port === undefined && child === undefined
        ? undefined
        : await openMetrics(counted, { requests: redis, ...(bulk && { bulk }) });
    if (metrics !== undefined) child?.answerScrapes(metrics.ofProcess);
    if (roles.workers) {
      const working = await work(wms, metrics, config, log, tracing?.jobs);
      drains.push(working.drain);
      closings.push(working.disconnect);
    }
    if (port === undefined || metrics === undefined) return { url: undefined, metricsUrl: undefined, close };
    const shown = {
      readiness,
      metrics: { contentType: metrics.contentType, text: metrics.text, token: config.metrics.token },
      observers: [logExchanges(log), metrics.observeRequest],
      draining,
      log,
    };
    const { limits } = config;
    const app = roles.web
      ? await (await import("./webApp.js")).createWebApp(config, {
          ...shown,
          wms,
          watchers,
          redis,
          pageFolders,
          embeddedMqs: mqs.embedded,
          serveSpan: tracing?.serve,
        })
      : (await import("../api/workerApp.js")).createWorkerApp({ ...shown, limits });
    const server = createServer(app, limits);
    logRefusals(server, log);
    const url = await listen(server, config.host, port, roles.web ? "REST_PORT" : "METRICS_PORT");
    listening = true;
    drains.push((enough) => stopServing(server, enough));
    return { url: roles.web ? url : undefined, metricsUrl: url, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Lets work under way end. @param seconds after which what is left is cut off */
async function drain(
  drains: readonly ((enough: AbortSignal) => Promise<void>)[],
  seconds: number,
): Promise<"in order" | "cut off"> {
  const enough = new AbortController();
  const timer = setTimeout(() => enough.abort(), seconds * 1000);
  const drained = Promise.all(drains.map((each) => each(enough.signal)));
  await within(seconds * 1000 + PATIENCE_WITHOUT_REDIS, drained);
  clearTimeout(timer);
  return enough.signal.aborted ? "cut off" : "in order";
}

/** Loads and starts tracing, where it is wanted. Nothing of OpenTelemetry is loaded otherwise. */
async function trace({ tracesEndpoint }: Config, roles: Roles, log: Logger): Promise<Tracing | undefined> {
  if (tracesEndpoint === undefined) return undefined;
  const { startTracing } = await import("../tracing/startTracing.js");
  const role = [roles.web && "web", roles.workers && "worker"].filter(Boolean).join(" ");
  return startTracing({ endpoint: tracesEndpoint, role, log });
}

function chooseMqs({ mqs }: Config, redis: RedisClient, log: Logger): { used: Mqs; embedded?: EmbeddedMqs } {
  if (mqs.address !== undefined)
    return { used: createHttpMqs({ address: mqs.address, credentials: mqs.credentials, log }) };
  const embedded = createEmbeddedMqs({ redis, broker: mqs.broker });
  return { used: embedded, embedded };
}

async function openWms(
  config: Config & { redis: RedisLocation },
  { redis, bulk }: { redis: RedisClient; bulk: RedisClient | undefined },
  mqs: Mqs,
  log: Logger,
  telemetry: Telemetry | undefined,
): Promise<Wms> {
  const { clusters, pilotImagesDir, queryMaxBytes, queryMaxScan, tms } = config;
  const store = await openStore(redis, { partitions: config.partitions, bulk }).catch((error: unknown) =>
    explainRefusal(error, config.redis),
  );
  const schedds = new Set([...(await store.knownSchedds()), ...configuredSchedds(clusters)]);
  const queues = createQueues({ redis, leaseSeconds: tms.leaseSeconds, telemetry, schedds });
  const { actionRetries, retryWait } = tms;
  const settings = { clusters, pilotImagesDir, queryMaxBytes, queryMaxScan, actionRetries, retryWait };
  return { store, queues, mqs, settings, events: new EventEmitter(), log };
}

/** Redis answers, but does not let us write: a replica, full memory, a user without the right. */
function explainRefusal(error: unknown, location: RedisLocation): never {
  if (error instanceof Error && error.name === "ReplyError")
    throw new RedisStartError(
      `${settingOf(location)}: this Redis refuses the service's data (${error.message})`,
    );
  throw error;
}

/** The metrics of a process. @param clients whose connections they watch, by name */
async function openMetrics(
  sources: MetricsSources,
  clients: Readonly<Record<string, RedisClient>>,
): Promise<Metrics> {
  const { createMetrics } = await import("../metrics/metrics.js");
  const metrics = createMetrics(sources);
  for (const [name, client] of Object.entries(clients)) metrics.watchConnection(name, client);
  return metrics;
}

/** Starts the workers on a client of their own. @returns how to end them, and then the client */
async function work(
  wms: Wms,
  metrics: Metrics | undefined,
  config: Config & { redis: RedisLocation },
  log: Logger,
  telemetry: Telemetry | undefined,
): Promise<{ drain(enough: AbortSignal): Promise<void>; disconnect(): Promise<void> }> {
  const redis = await connectWorkers(config.redis, log);
  metrics?.watchConnection("workers", redis);
  const { startWorkers } = await import("../workers/workers.js");
  const workers = startWorkers(wms, {
    redis,
    telemetry,
    reconcileSeconds: config.reconcileSeconds,
    activationRetryWait: config.mqs.activationRetryWait,
  });
  return {
    async drain(enough) {
      const closing = workers.close(enough);
      await Promise.race([closing, away(redis).then(() => within(PATIENCE_WITHOUT_REDIS, closing))]);
    },
    disconnect: async () => redis.disconnect(),
  };
}

/** A schedd that another process was the first to see: its queues are handed out, reclaimed and shown by this one too. */
const learnSchedds = (wms: Wms): PeriodicWork => ({
  name: "learn schedds",
  interval: LEARN_INTERVAL,
  runOnce: async () => wms.queues.learn(await wms.store.knownSchedds()),
});

/** A client that may not be used for days: what lies between would forget its connection, or Redis itself close it. */
const keepOpen = (client: RedisClient): PeriodicWork => ({
  name: "keep the connection for large writes",
  interval: KEEP_OPEN_INTERVAL,
  runOnce: () => pingMasters(client),
});

/** Fulfilled when a client has no connection. */
async function away(redis: RedisClient): Promise<void> {
  if (redis.status === "ready") await new Promise<void>((resolve) => redis.once("close", () => resolve()));
}

async function within(milliseconds: number, closing: Promise<unknown>): Promise<void> {
  const enough = new AbortController();
  await Promise.race([closing, delay(milliseconds, undefined, { signal: enough.signal })]);
  enough.abort();
}
