import { defaultClusterLocations } from "../domain/clusters.js";
import { readAccessConfig, readBasePath } from "./accessConfig.js";
import { collectSecrets } from "./collectSecrets.js";
import { readMailConfig } from "./mailConfig.js";
import { readRedisConfig } from "./redisConfig.js";
import { withSecretFiles } from "./secretFiles.js";
import { ConfigError, type Settings, settingsSchema } from "./settings.js";

export { ConfigError } from "./settings.js";

/** All settings, validated. Durations are seconds, sizes bytes. */
export type Config = ReturnType<typeof readConfig>;
/** The settings of the data, for a tool without a server. */
export type DataConfig = ReturnType<typeof readDataConfig>;

/** Quotes a value that is one short word. Any other could hold a secret, such as an address with a password. */
const quoteWord = (value: string | undefined): string =>
  value !== undefined && /^[\w.+-]{1,20}$/.test(value) ? `, got "${value}"` : "";

type Variables = Readonly<Record<string, string | undefined>>;

/** An empty variable counts as unset. @throws ConfigError that names the variable */
function readSettings(variables: Variables): Settings {
  const environment = withSecretFiles(variables);
  const parsed = settingsSchema.safeParse(
    Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== "")),
  );
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const name = issue?.path.map(String).join(".") ?? "the environment";
    const message = issue?.message ?? "is not usable";
    throw new ConfigError(`${name}: ${message}${message.startsWith("expected") ? quoteWord(environment[name]) : ""}`);
  }
  return parsed.data;
}

/**
 * Reads and validates the environment, and the files with secrets that it names.
 *
 * @throws ConfigError that names the variable
 */
export function readConfig(variables: Variables) {
  const env = readSettings(variables);
  return {
    ...dataConfigOf(env),
    isProduction: env.NODE_ENV === "production",
    host: env.REST_HOST,
    /** 0: any free port. */
    port: env.REST_PORT,
    /** Path of the service behind a reverse proxy, without a slash at the end; empty: it has none. */
    basePath: readBasePath(env),
    access: readAccessConfig(env),
    /** Undefined: `X-Forwarded-For` is ignored. */
    trustedProxies: env.TRUST_PROXY,
    limits: {
      headBytes: env.REQUEST_MAX_HEAD_BYTES,
      headSeconds: env.REQUEST_HEAD_SECONDS,
      requestSeconds: env.REQUEST_SECONDS,
      responseSeconds: env.ANSWER_SECONDS,
      bodyBytes: env.REQUEST_MAX_BYTES,
      bodyValues: env.REQUEST_MAX_VALUES,
      queryBodyBytes: env.QUERY_MAX_BODY_BYTES,
      connections: env.MAX_CONNECTIONS,
      connectionsPerAddress: env.MAX_CONNECTIONS_PER_ADDRESS ?? Math.ceil(env.MAX_CONNECTIONS / 4),
    },
    events: {
      heartbeatSeconds: env.EVENTS_HEARTBEAT_SECONDS,
      maxSeconds: env.EVENTS_MAX_SECONDS,
      maxBufferBytes: env.EVENTS_MAX_BUFFER_BYTES,
    },
    /** Requests of one caller; 0: unlimited. */
    rateLimitPerMinute: env.RATE_LIMIT_PER_MINUTE,
    mqs: {
      /** Undefined: the embedded MQS. */
      address: env.MQS_ADDRESS,
      /** OAuth2 client credentials; undefined: requests carry no token. */
      credentials: readMqsCredentials(env.MQS_TOKEN_URL, env.MQS_CLIENT_ID, env.MQS_CLIENT_SECRET),
      activationRetryWaitSeconds: env.WORKFLOW_MQ_ACTIVATOR_MQS_RETRY_WAIT,
      /** The broker that the embedded MQS hands out. */
      broker: {
        type: env.MQS_BROKER_TYPE,
        address: env.MQS_BROKER_ADDRESS,
        authToken: env.MQS_BROKER_AUTH_TOKEN,
      },
    },
    /** Undefined: no workflow is removed. */
    retention: readRetention(env.RETENTION_DAYS, env.ARCHIVE_DIR),
    reconcileSeconds: env.RECONCILE_SECONDS,
    webhookRetryWaitSeconds: env.WEBHOOK_RETRY_WAIT,
    /** Without a token only requests from localhost may read the metrics. The port is for a worker process. */
    metrics: { token: env.METRICS_TOKEN, port: env.METRICS_PORT },
    /** Number of web processes that share the port; 1: this process is the only one. */
    webConcurrency: env.WEB_CONCURRENCY,
    logLevel: env.LOG_LEVEL,
    /** Texts that the log must mask. */
    secrets: collectSecrets(env),
    /** Base address of an OTLP/HTTP collector; undefined: tracing is off. */
    tracesEndpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT,
    /** The service accepts requests for `graceSeconds` more; then work under way has `seconds` to end. */
    shutdown: { graceSeconds: env.SHUTDOWN_GRACE_SECONDS, seconds: env.SHUTDOWN_SECONDS },
  };
}

/**
 * Reads the settings of the data alone. Those of ports and authentication may be missing or contradict each other.
 *
 * @throws ConfigError that names the variable
 */
export const readDataConfig = (variables: Variables) => dataConfigOf(readSettings(variables));

const dataConfigOf = (env: Settings) => ({
  /** Undefined: the service starts its own Redis, with its data in `dataDir`. */
  redis: readRedisConfig(env),
  redisWaitSeconds: env.REDIS_WAIT_SECONDS,
  dataDir: env.DATA_DIR,
  partitions: env.STORE_PARTITIONS,
  leaseSeconds: env.TMS_LEASE_SECONDS,
  /** Days for which a 404 says that a workflow was removed. */
  tombstoneDays: env.TOMBSTONE_DAYS,
  lifecycle: {
    clusters: env.CLUSTER_LOCATIONS ?? defaultClusterLocations(env.NODE_ENV === "production"),
    pilotImagesDir: env.CVMFS_PILOT_SINGULARITY_IMAGES_DIR,
    entityMaxBytes: env.ENTITY_MAX_BYTES,
    queryMaxBytes: env.USER_QUERY_MAX_BYTES,
    queryMaxScan: env.QUERY_MAX_SCAN,
    actionRetries: env.TMS_ACTION_RETRIES,
    retryWaitSeconds: env.TMS_RETRY_WAIT,
    isOwnershipEnforced: env.OWNERSHIP === "enforced",
    allowPrivateWebhooks: env.WEBHOOK_ALLOW_PRIVATE,
    mail: readMailConfig(env),
  },
});

/** The value of `ARCHIVE_DIR` for removal without a copy. */
const NO_ARCHIVE = "none";

function readRetention(days?: number, archiveDir?: string) {
  if (days === undefined) return undefined;
  if (archiveDir === undefined)
    throw new ConfigError(
      `ARCHIVE_DIR: must be set, because RETENTION_DAYS is; ${NO_ARCHIVE} removes workflows without a copy`,
    );
  return { days, archiveDir: archiveDir === NO_ARCHIVE ? undefined : archiveDir };
}

function readMqsCredentials(tokenUrl?: string, clientId?: string, clientSecret?: string) {
  const given = { MQS_TOKEN_URL: tokenUrl, MQS_CLIENT_ID: clientId, MQS_CLIENT_SECRET: clientSecret };
  const missing = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [name] : []));
  if (missing.length === 3) return undefined;
  if (tokenUrl === undefined || clientId === undefined || clientSecret === undefined)
    throw new ConfigError(`${missing.join(", ")}: must be set too, because another MQS credential is`);
  return { tokenUrl, clientId, clientSecret };
}
