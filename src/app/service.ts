import { EventEmitter } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import type { Telemetry } from "bullmq";
import type { Logger } from "pino";
import { createServer } from "../api/http/httpServer.js";
import { DrainController, logRequests } from "../api/http/requestContext.js";
import type { Config } from "../config/config.js";
import { configuredSchedds } from "../domain/clusters.js";
import type { Mqs } from "../domain/mqProfile.js";
import type { RedisLocation } from "../domain/redisLocation.js";
import { closeWms, createWms, type Wms } from "../lifecycle/context.js";
import type { Metrics, MetricsSources } from "../metrics/metrics.js";
import { createEmbeddedMqs, type EmbeddedMqs } from "../mqs/embeddedMqs.js";
import { createHttpMqs } from "../mqs/httpMqs.js";
import { createQueues } from "../queues/queues.js";
import {
  connectBulkClient,
  connectFollowerClient,
  connectRequestClient,
  connectWorkerClient,
  FOLLOWER_BLOCK_MS,
} from "../redis/connectClients.js";
import { locationSettingName } from "../redis/redisAddress.js";
import { pingMasters, type RedisClient } from "../redis/redisClient.js";
import { RedisStartError } from "../redis/redisStartError.js";
import { openStore } from "../store/store.js";
import type { Tracing } from "../tracing/startTracing.js";
import { Subscribers } from "../views/events/subscribers.js";
import { type PeriodicWork, startPeriodic } from "../workers/periodic.js";
import { closeServer, listen, logRefusedConnections } from "./httpListener.js";
import type { PrimaryConnection } from "./processes/primaryConnection.js";
import { createReadinessCheck } from "./readiness.js";

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
export interface ServiceOptions {
  /** Where the page may lie, as `npm run build` made it; undefined: beside the programs. */
  pageFolders?: readonly string[] | undefined;
  /** What this process is to the primary that started it; undefined: none did. */
  child?: PrimaryConnection | undefined;
}

/** Milliseconds between two looks for new schedds. */
const SCHEDD_SYNC_INTERVAL_MS = 2000;
/** Milliseconds after which an unused connection is used: proxies and firewalls forget them after minutes. */
const KEEP_ALIVE_INTERVAL_MS = 20_000;
/** How long each step of closing may take, in milliseconds, when Redis is away and nothing under way can end any more. */
const CLOSE_TIMEOUT_MS = 2000;

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
  { pageFolders, child }: ServiceOptions = {},
): Promise<Service> {
  const draining = new DrainController();
  // Those in which work is under way: they end side by side.
  const drains: ((enough: AbortSignal) => Promise<void>)[] = [];
  const closers: (() => Promise<unknown>)[] = [];
  let isListening = false;
  const close = async () => {
    draining.startDraining();
    if (isListening) await delay(config.shutdown.graceSeconds * 1000);
    const ended = await drainAll(drains.splice(0), config.shutdown.seconds);
    // What was opened later uses what was opened before.
    for (const closing of closers.splice(0).reverse()) await closing();
    return ended;
  };
  try {
    const tracing = await startTracingIfEnabled(config, roles, log);
    if (tracing !== undefined) closers.push(() => tracing.stop());
    const redis = await connectRequestClient(config.redis, log);
    closers.push(async () => redis.disconnect());
    // Workers write nothing large.
    const bulk = roles.web ? await connectBulkClient(config.redis, log) : undefined;
    closers.push(async () => bulk?.disconnect());
    const mqs = createMqs(config, redis, log);
    const wms = await openWms(config, { redis, bulk }, mqs.used, log, tracing?.jobTelemetry);
    closers.push(() => waitAtMost(CLOSE_TIMEOUT_MS, closeWms(wms)));
    for (const periodicWork of [syncSchedds(wms), ...(bulk ? [keepConnectionAlive(bulk)] : [])]) {
      const running = startPeriodic(periodicWork, wms);
      closers.push(() => waitAtMost(CLOSE_TIMEOUT_MS, running.close()));
    }
    const readiness = createReadinessCheck(wms.store, () => draining.isDraining);
    const connect = () => connectFollowerClient(config.redis, log);
    const watchers = new Subscribers({
      store: wms.store,
      openBlockingConnection: connect,
      blockMs: FOLLOWER_BLOCK_MS,
      log,
    });
    const port = roles.web ? config.port : config.metrics.port;
    const metricsSources = { ...wms, readiness, watchers: () => watchers.count, siblings: child };
    // What nobody could ask for is not counted.
    const metrics =
      port === undefined && child === undefined
        ? undefined
        : await openMetrics(metricsSources, { requests: redis, ...(bulk && { bulk }) });
    if (metrics !== undefined) child?.setMetricsCollector(metrics.collectProcessMetrics);
    if (roles.workers) {
      const backgroundWorkers = await startBackgroundWorkers(wms, metrics, config, log, tracing?.jobTelemetry);
      drains.push(backgroundWorkers.drain);
      closers.push(backgroundWorkers.disconnect);
    }
    if (port === undefined || metrics === undefined) return { url: undefined, metricsUrl: undefined, close };
    const appOptions = {
      readiness,
      metrics: { contentType: metrics.contentType, render: metrics.renderText, token: config.metrics.token },
      observers: [logRequests(log), metrics.observeRequest],
      draining,
      log,
    };
    const { limits } = config;
    const app = roles.web
      ? await (await import("./webApp.js")).createWebApp(config, {
          ...appOptions,
          wms,
          watchers,
          redis,
          pageFolders,
          embeddedMqs: mqs.embedded,
          startServerSpan: tracing?.startServerSpan,
        })
      : (await import("../api/workerApp.js")).createWorkerApp({ ...appOptions, limits });
    const server = createServer(app, limits);
    logRefusedConnections(server, log);
    const url = await listen(server, config.host, port, roles.web ? "REST_PORT" : "METRICS_PORT");
    isListening = true;
    drains.push((enough) => closeServer(server, enough));
    return { url: roles.web ? url : undefined, metricsUrl: url, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Lets work under way end. @param seconds after which what is left is cut off */
async function drainAll(
  drains: readonly ((cutOff: AbortSignal) => Promise<void>)[],
  seconds: number,
): Promise<"in order" | "cut off"> {
  const enough = new AbortController();
  const timer = setTimeout(() => enough.abort(), seconds * 1000);
  const drained = Promise.all(drains.map((each) => each(enough.signal)));
  await waitAtMost(seconds * 1000 + CLOSE_TIMEOUT_MS, drained);
  clearTimeout(timer);
  return enough.signal.aborted ? "cut off" : "in order";
}

/** Loads and starts tracing, where it is wanted. Nothing of OpenTelemetry is loaded otherwise. */
async function startTracingIfEnabled(
  { tracesEndpoint }: Config,
  roles: Roles,
  log: Logger,
): Promise<Tracing | undefined> {
  if (tracesEndpoint === undefined) return undefined;
  const { startTracing } = await import("../tracing/startTracing.js");
  const role = [roles.web && "web", roles.workers && "worker"].filter(Boolean).join(" ");
  return startTracing({ endpoint: tracesEndpoint, role, log });
}

function createMqs({ mqs }: Config, redis: RedisClient, log: Logger): { used: Mqs; embedded?: EmbeddedMqs } {
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
    throwStartError(error, config.redis),
  );
  const schedds = new Set([...(await store.knownSchedds()), ...configuredSchedds(clusters)]);
  const queues = createQueues({ redis, leaseSeconds: tms.leaseSeconds, telemetry, schedds });
  const { actionRetries, retryWait } = tms;
  const settings = { clusters, pilotImagesDir, queryMaxBytes, queryMaxScan, actionRetries, retryWait };
  return createWms({ store, queues, mqs, settings, events: new EventEmitter(), log });
}

/** Redis answers, but does not let us write: a replica, full memory, a user without the right. */
function throwStartError(error: unknown, location: RedisLocation): never {
  if (error instanceof Error && error.name === "ReplyError")
    throw new RedisStartError(
      `${locationSettingName(location)}: this Redis refuses the service's data (${error.message})`,
    );
  throw error;
}

/** The metrics of a process. @param clients whose connections they watch, by name */
async function openMetrics(sources: MetricsSources, clients: Readonly<Record<string, RedisClient>>): Promise<Metrics> {
  const { createMetrics } = await import("../metrics/metrics.js");
  const metrics = createMetrics(sources);
  for (const [name, client] of Object.entries(clients)) metrics.watchConnection(name, client);
  return metrics;
}

/** Starts the workers on a client of their own. @returns how to end them, and then the client */
async function startBackgroundWorkers(
  wms: Wms,
  metrics: Metrics | undefined,
  config: Config & { redis: RedisLocation },
  log: Logger,
  telemetry: Telemetry | undefined,
): Promise<{ drain(enough: AbortSignal): Promise<void>; disconnect(): Promise<void> }> {
  const redis = await connectWorkerClient(config.redis, log);
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
      await Promise.race([closing, waitForDisconnect(redis).then(() => waitAtMost(CLOSE_TIMEOUT_MS, closing))]);
    },
    disconnect: async () => redis.disconnect(),
  };
}

/** A schedd that another process was the first to see: its queues are handed out, reclaimed and shown by this one too. */
const syncSchedds = (wms: Wms): PeriodicWork => ({
  name: "learn schedds",
  intervalMs: SCHEDD_SYNC_INTERVAL_MS,
  runOnce: async () => wms.queues.ensureSchedds(await wms.store.knownSchedds()),
});

/** A client that may not be used for days: what lies between would forget its connection, or Redis itself close it. */
const keepConnectionAlive = (client: RedisClient): PeriodicWork => ({
  name: "keep the connection for large writes",
  intervalMs: KEEP_ALIVE_INTERVAL_MS,
  runOnce: () => pingMasters(client),
});

/** Fulfilled when a client has no connection. */
async function waitForDisconnect(redis: RedisClient): Promise<void> {
  if (redis.status === "ready") await new Promise<void>((resolve) => redis.once("close", () => resolve()));
}

async function waitAtMost(timeoutMs: number, closing: Promise<unknown>): Promise<void> {
  const timeoutAbort = new AbortController();
  await Promise.race([closing, delay(timeoutMs, undefined, { signal: timeoutAbort.signal })]);
  timeoutAbort.abort();
}
