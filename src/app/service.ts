import { EventEmitter, once } from "node:events";
import type { Server } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import type { Telemetry } from "bullmq";
import type { Express } from "express";
import type { Logger } from "pino";
import { createServer } from "../api/http/httpServer.js";
import { DrainController, logRequests } from "../api/http/requestContext.js";
import type { Config } from "../config/config.js";
import { configuredSchedds } from "../domain/clusters.js";
import type { RedisLocation } from "../domain/redisLocation.js";
import { endsWithin } from "../domain/time.js";
import type { WmsEventEmitter } from "../domain/wmsEvents.js";
import { closeWms, createWms, type Wms } from "../lifecycle/context.js";
import { Queues } from "../queues/queues.js";
import { connectClient, MAX_BLOCK_MS } from "../redis/connectClients.js";
import { locationSettingName, RedisStartError } from "../redis/redisAddress.js";
import { isCluster, listMasters, type RedisClient } from "../redis/redisClient.js";
import { openStore } from "../store/store.js";
import type { Tracing } from "../tracing/startTracing.js";
import { Subscribers } from "../views/events/subscribers.js";
import type { Workers } from "../workers/workers.js";
import { requireArchiveFolder } from "./archiveFolder.js";
import { followClock } from "./followClock.js";
import { closeServer, listen, logRefusedConnections, trackConnections } from "./httpListener.js";
import { heartbeatStep, periodicStep, requiredStep, syncSchedds } from "./periodicSteps.js";
import { requirePilotImage, watchPilotImages } from "./pilotImageChecks.js";
import type { PrimaryConnection } from "./processes/primaryConnection.js";
import { ProcessVitals } from "./processVitals.js";
import { createReadinessCheck } from "./readiness.js";
import { type Roles, roleOf } from "./roles.js";
import { CLOSE_TIMEOUT_MS, type ServiceStep, ServiceSteps } from "./serviceSteps.js";
import { createMqs, createUpstreams } from "./upstreams.js";

/** A running service. */
export interface Service {
  /** Address of the API, without a trailing slash; undefined without the web role. */
  url: string | undefined;
  /** Address under which `/metrics` is served, likewise; undefined when it is not served. */
  metricsUrl: string | undefined;
  /**
   * Shuts down: readiness fails first, then requests and jobs under way end, then the connections close.
   *
   * @returns whether all work under way ended within `SHUTDOWN_SECONDS`
   */
  close(): Promise<"in order" | "cut off">;
}

/** The surroundings of a service. */
export interface ServiceOptions {
  /** Folders that may hold the page built by `npm run build`; undefined: the folder beside the programs. */
  pageFolders?: readonly string[] | undefined;
  /** The connection to the primary that started this process; undefined: none did. */
  child?: PrimaryConnection | undefined;
}

type ServiceConfig = Config & { redis: RedisLocation };

/**
 * Starts the service on a reachable Redis.
 *
 * @throws ConfigError when the port or the pilot images can't be used, LayoutError when the data has another number of partitions,
 *   RedisStartError when Redis does not answer or refuses writes. The steps that had started are closed.
 */
export async function startService(
  config: ServiceConfig,
  roles: Roles,
  log: Logger,
  { pageFolders, child }: ServiceOptions = {},
): Promise<Service> {
  const steps = new ServiceSteps(log);
  const draining = new DrainController();
  let isListening = false;
  const close = async () => {
    draining.startDraining();
    if (isListening) await delay(config.shutdown.graceSeconds * 1000);
    return steps.stop(config.shutdown.seconds);
  };
  try {
    if (roles.web) await requirePilotImage(config);
    if (roles.workers) await requireArchiveFolder(config);
    const tracing = await steps.start(tracingStep(config, roles, log));
    const redis = await steps.start(redisStep("requests", config, log));
    // A worker process has no large reads or writes, except those of retention.
    const bulk =
      roles.web || config.retention !== undefined ? await steps.start(redisStep("bulk", config, log)) : undefined;
    const events: WmsEventEmitter = new EventEmitter();
    // The times of all that follows depend on it.
    await steps.start(requiredStep(followClock(redis, log), { events, log }));
    const upstreams = createUpstreams(config, roles);
    const mqs = createMqs(config, redis, upstreams.mqs, log);
    const parts = { mqs: mqs.used, events, log };
    const wms = await steps.start(wmsStep(config, { redis, bulk }, parts, tracing?.jobTelemetry));
    await steps.start(periodicStep(syncSchedds(wms), wms));
    const vitals = new ProcessVitals(upstreams, events);
    await steps.start(heartbeatStep(wms, roles, vitals));
    if (upstreams.pilotImages !== undefined)
      await steps.start(periodicStep(watchPilotImages(upstreams.pilotImages), wms));
    const readiness = createReadinessCheck(wms.store, () => draining.isDraining);
    const watchers = new Subscribers({
      store: wms.store,
      openBlockingConnection: () => connectClient(config.redis, "follower", log),
      blockMs: MAX_BLOCK_MS,
      log,
    });
    const port = roles.web ? config.port : config.metrics.port;
    // Without a port or a primary, these metrics have no reader.
    const metrics =
      port === undefined && child === undefined
        ? undefined
        : (await import("../metrics/metrics.js")).createMetrics({
            wms,
            readiness,
            watchers: () => watchers.count,
            siblings: child,
          });
    metrics?.watchConnection("requests", redis);
    if (bulk !== undefined) metrics?.watchConnection("bulk", bulk);
    if (metrics !== undefined) child?.setMetricsCollector(metrics.collectProcessMetrics);
    if (roles.workers) {
      const workerRedis = await steps.start(redisStep("workers", config, log));
      metrics?.watchConnection("workers", workerRedis);
      await steps.start(workersStep(wms, config, workerRedis, tracing?.jobTelemetry));
    }
    if (port === undefined || metrics === undefined) return { url: undefined, metricsUrl: undefined, close };
    const appOptions = {
      readiness,
      metrics: { contentType: metrics.contentType, render: metrics.renderText, token: config.metrics.token },
      observers: [logRequests(log), metrics.observeRequest],
      draining,
      log,
    };
    const app = roles.web
      ? await (await import("./webApp.js")).createWebApp(config, {
          ...appOptions,
          wms,
          watchers,
          redis,
          pageFolders,
          embeddedMqs: mqs.embedded,
          providerOutcomes: upstreams.identityProvider,
          startServerSpan: tracing?.startServerSpan,
        })
      : (await import("../api/workerApp.js")).createWorkerApp({
          ...appOptions,
          isOpen: config.access.authentication.kind === "open",
          ownAddresses: config.access.ownAddresses,
          limits: config.limits,
        });
    const portSetting = roles.web ? "REST_PORT" : "METRICS_PORT";
    if (roles.web && child !== undefined) {
      vitals.server = await steps.start(handedServerStep(app, config, child, log));
      isListening = true;
      return { url: undefined, metricsUrl: undefined, close };
    }
    const { server, url } = await steps.start(serverStep(app, config, { port, portSetting }, log));
    if (roles.web) vitals.server = server;
    isListening = true;
    return { url: roles.web ? url : undefined, metricsUrl: url, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Tracing, when it is configured. OpenTelemetry is not loaded otherwise. */
const tracingStep = ({ tracesEndpoint }: Config, roles: Roles, log: Logger): ServiceStep<Tracing | undefined> => ({
  name: "tracing",
  async start() {
    if (tracesEndpoint === undefined) return undefined;
    const { startTracing } = await import("../tracing/startTracing.js");
    return startTracing({ endpoint: tracesEndpoint, role: roleOf(roles), log });
  },
  close: (tracing) => tracing?.stop(),
  // The delivery of the last spans has a shorter limit of its own.
  closeTimeoutMs: 2 * CLOSE_TIMEOUT_MS,
});

const redisStep = (
  name: "requests" | "bulk" | "workers",
  config: ServiceConfig,
  log: Logger,
): ServiceStep<RedisClient> => ({
  name: `redis connection: ${name}`,
  start: () => connectClient(config.redis, name, log),
  close: (client) => client.disconnect(),
});

/** The store and the queues. Closing the queues waits for Redis. */
const wmsStep = (...parameters: Parameters<typeof openWms>): ServiceStep<Wms> => ({
  name: "queues",
  start: () => openWms(...parameters),
  close: closeWms,
});

/** The workers. Without a connection their jobs can't end, so the drain is short then. */
const workersStep = (
  wms: Wms,
  { reconcileSeconds, webhookRetryWaitSeconds, mqs, retention, tombstoneDays }: Config,
  redis: RedisClient,
  telemetry: Telemetry | undefined,
): ServiceStep<Workers> => ({
  name: "workers",
  async start() {
    const { startWorkers } = await import("../workers/workers.js");
    const { activationRetryWaitSeconds } = mqs;
    return startWorkers(wms, {
      redis,
      telemetry,
      reconcileSeconds,
      activationRetryWaitSeconds,
      webhookRetryWaitSeconds,
      retention: retention && { ...retention, tombstoneDays },
    });
  },
  async drain(workers, cutOff) {
    const closing = workers.close(cutOff);
    await Promise.race([closing, waitForDisconnect(redis).then(() => endsWithin(CLOSE_TIMEOUT_MS, closing))]);
  },
});

const serverStep = (
  app: Express,
  { limits, host }: Config,
  { port, portSetting }: { port: number; portSetting: string },
  log: Logger,
): ServiceStep<{ server: Server; url: string }> => ({
  name: "http server",
  async start() {
    const server = createServer(app, limits);
    logRefusedConnections(server, log);
    return { server, url: await listen(server, host, port, portSetting) };
  },
  drain: ({ server }, cutOff) => closeServer(server, cutOff),
});

/** The HTTP server of a process whose primary accepts the connections. */
const handedServerStep = (
  app: Express,
  { limits }: Config,
  primary: PrimaryConnection,
  log: Logger,
): ServiceStep<Server> => ({
  name: "http server",
  start() {
    const server = createServer(app, limits);
    logRefusedConnections(server, log);
    trackConnections(server);
    primary.serveConnections(server);
    return server;
  },
  async drain(server, cutOff) {
    // A suspended primary does not answer.
    await Promise.race([primary.retire(), once(cutOff, "abort")]);
    await closeServer(server, cutOff);
  },
});

async function openWms(
  config: ServiceConfig,
  { redis, bulk }: { redis: RedisClient; bulk: RedisClient | undefined },
  parts: Pick<Wms, "mqs" | "events" | "log">,
  telemetry: Telemetry | undefined,
): Promise<Wms> {
  const { lifecycle, leaseSeconds, partitions } = config;
  const store = await openStore(redis, { partitions, bulk }).catch((error: Error) => {
    // Redis refuses writes: it is a replica, its memory is full, or the user lacks the permission.
    if (error.name !== "ReplyError") throw error;
    const setting = locationSettingName(config.redis);
    throw new RedisStartError(`${setting}: this Redis refuses the service's data (${error.message})`);
  });
  const schedds = new Set([...(await store.knownSchedds()), ...configuredSchedds(lifecycle.clusters)]);
  const queues = new Queues({ redis, leaseSeconds, telemetry, schedds });
  return createWms({ store, queues, settings: lifecycle, ...parts });
}

/** Waits until a client, or one of the masters of a cluster, is not connected. */
async function waitForDisconnect(redis: RedisClient): Promise<void> {
  const isConnected = redis.status === "ready" && listMasters(redis).every(({ status }) => status === "ready");
  if (isConnected) await once(redis, isCluster(redis) ? "-node" : "close");
}
