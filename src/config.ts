import { z } from "zod";
import { type ClusterLocations, clusterLocationsSchema, defaultClusterLocations } from "./domain/clusters.js";

/** A setting that can't be used. The message is one sentence that names it. */
export class ConfigError extends Error {
  override name = "ConfigError";
}

/** In milliseconds, the longest duration must fit into a timer's 31 bits: a longer one would end at once. */
const LONGEST_DURATION = 2_000_000;
const seconds = (fallback: number, min = 0) =>
  z.coerce.number().min(min).max(LONGEST_DURATION).default(fallback);
const text = z.string().optional();

const environmentSchema = z.object({
  NODE_ENV: text,
  REST_HOST: z.string().default("127.0.0.1"),
  REST_PORT: z.coerce.number().int().min(0).max(65535).default(8080),
  REDIS_URL: text,
  AUTH_DISABLED: z.stringbool({ error: "is neither true nor false" }).default(false),
  AUTH_OPENID_URL: text,
  DATA_DIR: z.string().default(".data"),
  CLUSTER_LOCATIONS: z
    .string()
    .transform((json, context) => {
      try {
        return JSON.parse(json) as unknown;
      } catch {
        context.addIssue({ code: "custom", message: "is not JSON" });
        return z.NEVER;
      }
    })
    .pipe(clusterLocationsSchema)
    .optional(),
  CVMFS_PILOT_SINGULARITY_IMAGES_DIR: text,
  MQS_ADDRESS: z.url({ protocol: /^https?$/, error: "is no http(s) address" }).optional(),
  MQS_TOKEN_URL: z.url({ protocol: /^https?$/, error: "is no http(s) address" }).optional(),
  MQS_CLIENT_ID: text,
  MQS_CLIENT_SECRET: text,
  MQS_BROKER_TYPE: z.string().default("rabbitmq"),
  MQS_BROKER_ADDRESS: z.string().default("localhost:5672"),
  MQS_BROKER_AUTH_TOKEN: z.string().default(""),
  USER_QUERY_MAX_BYTES: z.coerce
    .number()
    .int()
    .min(1024)
    .default(10 * 1024 * 1024),
  WORKFLOW_MQ_ACTIVATOR_MQS_RETRY_WAIT: seconds(60),
  TMS_ACTION_RETRIES: z.coerce.number().int().min(0).max(60).default(2),
  TMS_LEASE_SECONDS: seconds(300, 0.1),
  TMS_RETRY_WAIT: seconds(30),
  RECONCILE_SECONDS: seconds(60, 0.1),
  STORE_PARTITIONS: z.coerce.number().int().min(1).max(4096).default(16),
  LOG_LEVEL: z
    .string()
    .toLowerCase()
    .transform((level) => (level === "warning" ? "warn" : level === "critical" ? "fatal" : level))
    .pipe(z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]))
    .default("info"),
});

/** Every setting, checked. Durations are seconds, sizes bytes. */
export interface Config {
  production: boolean;
  host: string;
  /** 0: any free port. */
  port: number;
  /** Undefined: the service starts a Redis of its own in `dataDir`. */
  redisUrl: string | undefined;
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
  tms: { actionRetries: number; leaseSeconds: number; retryWait: number };
  reconcileSeconds: number;
  partitions: number;
  logLevel: "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "silent";
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
  const parsed = environmentSchema.safeParse(given);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const name = issue?.path.map(String).join(".") ?? "the environment";
    throw new ConfigError(`${name}: ${issue?.message ?? "is not usable"}`);
  }
  const env = parsed.data;
  const production = env.NODE_ENV === "production";
  refuseUncheckedTokens(production, env.AUTH_OPENID_URL, env.AUTH_DISABLED);
  return {
    production,
    host: env.REST_HOST,
    port: env.REST_PORT,
    redisUrl: env.REDIS_URL,
    dataDir: env.DATA_DIR,
    clusters: env.CLUSTER_LOCATIONS ?? defaultClusterLocations(production),
    pilotImagesDir: env.CVMFS_PILOT_SINGULARITY_IMAGES_DIR,
    mqs: {
      address: env.MQS_ADDRESS,
      credentials: mqsCredentials(env.MQS_TOKEN_URL, env.MQS_CLIENT_ID, env.MQS_CLIENT_SECRET),
      activationRetryWait: env.WORKFLOW_MQ_ACTIVATOR_MQS_RETRY_WAIT,
      broker: {
        type: env.MQS_BROKER_TYPE,
        address: env.MQS_BROKER_ADDRESS,
        authToken: env.MQS_BROKER_AUTH_TOKEN,
      },
    },
    queryMaxBytes: env.USER_QUERY_MAX_BYTES,
    tms: {
      actionRetries: env.TMS_ACTION_RETRIES,
      leaseSeconds: env.TMS_LEASE_SECONDS,
      retryWait: env.TMS_RETRY_WAIT,
    },
    reconcileSeconds: env.RECONCILE_SECONDS,
    partitions: env.STORE_PARTITIONS,
    logLevel: env.LOG_LEVEL,
  };
}

function mqsCredentials(
  tokenUrl?: string,
  clientId?: string,
  clientSecret?: string,
): Config["mqs"]["credentials"] {
  const given = { MQS_TOKEN_URL: tokenUrl, MQS_CLIENT_ID: clientId, MQS_CLIENT_SECRET: clientSecret };
  const missing = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [name] : []));
  if (missing.length === 3) return undefined;
  if (tokenUrl === undefined || clientId === undefined || clientSecret === undefined)
    throw new ConfigError(`${missing.join(", ")}: must be set too when one of the three MQS credentials is`);
  return { tokenUrl, clientId, clientSecret };
}

/** Tokens are not checked yet. Whoever asks for that, or runs in production, must not believe that they are. */
function refuseUncheckedTokens(production: boolean, openIdUrl: string | undefined, disabled: boolean): void {
  if (disabled) return;
  if (openIdUrl !== undefined)
    throw new ConfigError(
      "AUTH_OPENID_URL: tokens are not checked yet; unset it, or set AUTH_DISABLED=true and guard the port",
    );
  if (production)
    throw new ConfigError(
      "AUTH_DISABLED: must be true in production, tokens are not checked yet; guard the port",
    );
}
