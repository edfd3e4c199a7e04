import { type ClusterLocations, defaultClusterLocations } from "../domain/clusters.js";
import type { HttpLimits } from "../domain/httpLimits.js";
import type { RedisLocation } from "../domain/redisLocation.js";
import { type AccessConfig, readAccessConfig } from "./accessConfig.js";
import { ConfigError } from "./configError.js";
import { readRedisConfig } from "./redisConfig.js";
import { collectSecrets } from "./secretSettings.js";
import { type Settings, settingsSchema } from "./settings.js";
import type { TrustedProxies } from "./trustedProxies.js";

export { ConfigError } from "./configError.js";

/** Every setting, checked. Durations are seconds, sizes bytes. */
export interface Config {
  isProduction: boolean;
  host: string;
  /** 0: any free port. */
  port: number;
  access: AccessConfig;
  /** Undefined: no proxy's word counts. */
  trustedProxies: TrustedProxies | undefined;
  limits: HttpLimits;
  /** Of streams of events. */
  events: { heartbeatSeconds: number; longestSeconds: number; bufferBytes: number };
  /** Requests of one caller; 0: any number. */
  requestsPerMinute: number;
  /** Where the data lies; undefined: in a Redis of its own that the service starts in `dataDir`. */
  redis: RedisLocation | undefined;
  dataDir: string;
  clusters: ClusterLocations;
  /** Directory of the pilot's images; undefined: every well-formed tag stands for itself. */
  pilotImagesDir: string | undefined;
  mqs: {
    /** Undefined: the embedded MQS. */
    address: string | undefined;
    /** OAuth2 client credentials; undefined: no token is sent. */
    credentials: { tokenUrl: string; clientId: string; clientSecret: string } | undefined;
    activationRetryWait: number;
    /** What the embedded MQS hands out. */
    broker: { type: string; address: string; authToken: string };
  };
  queryMaxBytes: number;
  queryMaxScan: number;
  tms: { actionRetries: number; leaseSeconds: number; retryWait: number };
  reconcileSeconds: number;
  partitions: number;
  metrics: {
    /** Undefined: only programs on the same machine may read them. */
    token: string | undefined;
    /** Where a process that is only a worker shows them; undefined: nowhere. */
    port: number | undefined;
  };
  /** Web processes at one port; 1: the process itself. */
  webConcurrency: number;
  logLevel: Settings["LOG_LEVEL"];
  /** What must not be shown to anybody. */
  secrets: string[];
  /** Base address of an OTLP/HTTP collector; undefined: nothing is traced. */
  tracesEndpoint: string | undefined;
  /** `graceSeconds` pass before `seconds` begin, in which work under way may end. */
  shutdown: { graceSeconds: number; seconds: number };
}

/**
 * Reads and checks the environment, once, at start. An empty variable counts as unset.
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
  const production = env.NODE_ENV === "production";
  return {
    isProduction: production,
    host: env.REST_HOST,
    port: env.REST_PORT,
    access: readAccessConfig(env),
    trustedProxies: env.TRUST_PROXY,
    limits: readLimits(env),
    events: {
      heartbeatSeconds: env.EVENTS_HEARTBEAT_SECONDS,
      longestSeconds: env.EVENTS_MAX_SECONDS,
      bufferBytes: env.EVENTS_MAX_BUFFER_BYTES,
    },
    requestsPerMinute: env.RATE_LIMIT_PER_MINUTE,
    redis: readRedisConfig(env),
    dataDir: env.DATA_DIR,
    clusters: env.CLUSTER_LOCATIONS ?? defaultClusterLocations(production),
    pilotImagesDir: env.CVMFS_PILOT_SINGULARITY_IMAGES_DIR,
    mqs: {
      address: env.MQS_ADDRESS,
      credentials: readMqsCredentials(env.MQS_TOKEN_URL, env.MQS_CLIENT_ID, env.MQS_CLIENT_SECRET),
      activationRetryWait: env.WORKFLOW_MQ_ACTIVATOR_MQS_RETRY_WAIT,
      broker: {
        type: env.MQS_BROKER_TYPE,
        address: env.MQS_BROKER_ADDRESS,
        authToken: env.MQS_BROKER_AUTH_TOKEN,
      },
    },
    queryMaxBytes: env.USER_QUERY_MAX_BYTES,
    queryMaxScan: env.QUERY_MAX_SCAN,
    tms: {
      actionRetries: env.TMS_ACTION_RETRIES,
      leaseSeconds: env.TMS_LEASE_SECONDS,
      retryWait: env.TMS_RETRY_WAIT,
    },
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
    throw new ConfigError(`${missing.join(", ")}: must be set too when one of the three MQS credentials is`);
  return { tokenUrl, clientId, clientSecret };
}
