import { defaultClusterLocations } from "../domain/clusters.js";
import type { EventStreamLimits, HttpLimits } from "../domain/httpLimits.js";
import type { LifecycleSettings } from "../domain/lifecycleSettings.js";
import type { RedisLocation } from "../domain/redisLocation.js";
import { type AccessConfig, readAccessConfig } from "./accessConfig.js";
import { ConfigError } from "./configError.js";
import { readRedisConfig } from "./redisConfig.js";
import { collectSecrets } from "./secretSettings.js";
import { type Settings, settingsSchema } from "./settings.js";
import type { TrustedProxies } from "./trustedProxies.js";

export { ConfigError } from "./configError.js";

/** All settings, validated. Durations are seconds, sizes bytes. */
export interface Config {
  isProduction: boolean;
  host: string;
  /** 0: any free port. */
  port: number;
  access: AccessConfig;
  /** Undefined: `X-Forwarded-For` is ignored. */
  trustedProxies: TrustedProxies | undefined;
  limits: HttpLimits;
  events: EventStreamLimits;
  /** Requests of one caller; 0: unlimited. */
  rateLimitPerMinute: number;
  /** Undefined: the service starts its own Redis, with its data in `dataDir`. */
  redis: RedisLocation | undefined;
  dataDir: string;
  lifecycle: LifecycleSettings;
  mqs: {
    /** Undefined: the embedded MQS. */
    address: string | undefined;
    /** OAuth2 client credentials; undefined: requests carry no token. */
    credentials: { tokenUrl: string; clientId: string; clientSecret: string } | undefined;
    activationRetryWaitSeconds: number;
    /** The broker that the embedded MQS hands out. */
    broker: { type: string; address: string; authToken: string };
  };
  leaseSeconds: number;
  reconcileSeconds: number;
  partitions: number;
  metrics: {
    /** Undefined: only requests from localhost may read them. */
    token: string | undefined;
    /** The port of a process that is only a worker; undefined: it serves no metrics. */
    port: number | undefined;
  };
  /** Number of web processes that share the port; 1: this process is the only one. */
  webConcurrency: number;
  logLevel: Settings["LOG_LEVEL"];
  /** Texts that the log must mask. */
  secrets: string[];
  /** Base address of an OTLP/HTTP collector; undefined: tracing is off. */
  tracesEndpoint: string | undefined;
  /** The service accepts requests for `graceSeconds` more; then work under way has `seconds` to end. */
  shutdown: { graceSeconds: number; seconds: number };
}

/**
 * Reads and validates the environment. An empty variable counts as unset.
 *
 * @throws ConfigError that names the variable
 */
export function readConfig(environment: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ""),
  );
  const parsed = settingsSchema.safeParse(given);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const name = issue?.path.map(String).join(".") ?? "the environment";
    throw new ConfigError(`${name}: ${issue?.message ?? "is not usable"}`);
  }
  const env: Settings = parsed.data;
  const isProduction = env.NODE_ENV === "production";
  return {
    isProduction,
    host: env.REST_HOST,
    port: env.REST_PORT,
    access: readAccessConfig(env),
    trustedProxies: env.TRUST_PROXY,
    limits: readLimits(env),
    events: {
      heartbeatSeconds: env.EVENTS_HEARTBEAT_SECONDS,
      maxSeconds: env.EVENTS_MAX_SECONDS,
      maxBufferBytes: env.EVENTS_MAX_BUFFER_BYTES,
    },
    rateLimitPerMinute: env.RATE_LIMIT_PER_MINUTE,
    redis: readRedisConfig(env),
    dataDir: env.DATA_DIR,
    lifecycle: {
      clusters: env.CLUSTER_LOCATIONS ?? defaultClusterLocations(isProduction),
      pilotImagesDir: env.CVMFS_PILOT_SINGULARITY_IMAGES_DIR,
      queryMaxBytes: env.USER_QUERY_MAX_BYTES,
      queryMaxScan: env.QUERY_MAX_SCAN,
      actionRetries: env.TMS_ACTION_RETRIES,
      retryWaitSeconds: env.TMS_RETRY_WAIT,
    },
    mqs: {
      address: env.MQS_ADDRESS,
      credentials: readMqsCredentials(env.MQS_TOKEN_URL, env.MQS_CLIENT_ID, env.MQS_CLIENT_SECRET),
      activationRetryWaitSeconds: env.WORKFLOW_MQ_ACTIVATOR_MQS_RETRY_WAIT,
      broker: {
        type: env.MQS_BROKER_TYPE,
        address: env.MQS_BROKER_ADDRESS,
        authToken: env.MQS_BROKER_AUTH_TOKEN,
      },
    },
    leaseSeconds: env.TMS_LEASE_SECONDS,
    reconcileSeconds: env.RECONCILE_SECONDS,
    partitions: env.STORE_PARTITIONS,
    metrics: { token: env.METRICS_TOKEN, port: env.METRICS_PORT },
    webConcurrency: env.WEB_CONCURRENCY,
    logLevel: env.LOG_LEVEL,
    secrets: collectSecrets(env),
    tracesEndpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT,
    shutdown: { graceSeconds: env.SHUTDOWN_GRACE_SECONDS, seconds: env.SHUTDOWN_SECONDS },
  };
}

const readLimits = (env: Settings): HttpLimits => ({
  headBytes: env.REQUEST_MAX_HEAD_BYTES,
  headSeconds: env.REQUEST_HEAD_SECONDS,
  requestSeconds: env.REQUEST_SECONDS,
  responseSeconds: env.ANSWER_SECONDS,
  bodyBytes: env.REQUEST_MAX_BYTES,
  bodyValues: env.REQUEST_MAX_VALUES,
  connections: env.MAX_CONNECTIONS,
});

function readMqsCredentials(tokenUrl?: string, clientId?: string, clientSecret?: string): Config["mqs"]["credentials"] {
  const given = { MQS_TOKEN_URL: tokenUrl, MQS_CLIENT_ID: clientId, MQS_CLIENT_SECRET: clientSecret };
  const missing = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [name] : []));
  if (missing.length === 3) return undefined;
  if (tokenUrl === undefined || clientId === undefined || clientSecret === undefined)
    throw new ConfigError(`${missing.join(", ")}: must be set too, because another MQS credential is`);
  return { tokenUrl, clientId, clientSecret };
}
