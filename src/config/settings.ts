import { z } from "zod";
import { clusterLocationsSchema } from "../domain/clusters.js";

/** Groups of settings, in the order in which the documentation lists them. */
export const SECTIONS = [
  "HTTP",
  "Access",
  "Redis and data",
  "Clusters and pilots",
  "Message queue service",
  "Task management services",
  "Queries",
  "Process",
] as const;

/** What the documentation says of a setting. */
type About = {
  section: (typeof SECTIONS)[number];
  /** One sentence or less, in Markdown. */
  description: string;
  /** Shown in place of the default where that can't be read off, or explains nothing. */
  shownDefault?: string;
};

const about = (section: About["section"], description: string, shownDefault?: string): About => ({
  section,
  description,
  ...(shownDefault !== undefined && { shownDefault }),
});

const text = z.string().optional();
const url = z.url({ protocol: /^https?$/, error: "is no http(s) address" });
const flag = z.stringbool({ error: "is neither true nor false" });
const seconds = (fallback: number, min = 0) => z.coerce.number().min(min).default(fallback);
const whole = (min: number, max = Number.MAX_SAFE_INTEGER) => z.coerce.number().int().min(min).max(max);

const json = z.string().transform((value, context) => {
  try {
    return JSON.parse(value) as unknown;
  } catch {
    context.addIssue({ code: "custom", message: "is not JSON" });
    return z.NEVER;
  }
});

/**
 * Every environment variable that the service reads, with its check, its default and what the documentation says of it.
 * `docs/operations.md` is made from here.
 */
export const settingsSchema = z.object({
  REST_HOST: z.string().default("127.0.0.1").meta(about("HTTP", "address the API listens on")),
  REST_PORT: whole(0, 65535).default(8080).meta(about("HTTP", "its port; 0: any free one")),

  AUTH_DISABLED: flag
    .default(false)
    .meta(about("Access", "tokens are not checked yet: must be `true` in production, and the port guarded")),
  AUTH_OPENID_URL: text.meta(about("Access", "not used yet, and refused unless `AUTH_DISABLED` is `true`")),

  REDIS_URL: text.meta(
    about("Redis and data", "the Redis (6.2 or newer) to use; unset: the service starts one of its own"),
  ),
  DATA_DIR: z
    .string()
    .default(".data")
    .meta(about("Redis and data", "where a Redis of its own keeps its data")),
  STORE_PARTITIONS: whole(1, 4096)
    .default(16)
    .meta(about("Redis and data", "parts of the store; may never change for the data of one Redis")),
  RECONCILE_SECONDS: seconds(60, 0.1).meta(
    about("Redis and data", "how often the queues are compared with the phases"),
  ),

  CLUSTER_LOCATIONS: json
    .pipe(clusterLocationsSchema)
    .optional()
    .meta(
      about(
        "Clusters and pilots",
        'JSON: `{"osg": {"schedd": "…"}, "OSG": {"alias_of": "osg"}}`; replaces the default',
        "`osg`, its aliases `OSG` and `sub-2`; outside production `test-alpha` → `SCHEDD1`, `test-beta` → `SCHEDD2`",
      ),
    ),
  CVMFS_PILOT_SINGULARITY_IMAGES_DIR: text.meta(
    about(
      "Clusters and pilots",
      "directory of `ewms-pilot:<tag>` entries; unset: every well-formed tag stands for itself",
    ),
  ),

  MQS_ADDRESS: url.optional().meta(about("Message queue service", "the MQS; unset: an embedded one")),
  MQS_TOKEN_URL: url
    .optional()
    .meta(about("Message queue service", "OAuth2 token endpoint for client credentials; with the next two")),
  MQS_CLIENT_ID: text.meta(about("Message queue service", "the client's id")),
  MQS_CLIENT_SECRET: text.meta(about("Message queue service", "the client's secret")),
  WORKFLOW_MQ_ACTIVATOR_MQS_RETRY_WAIT: seconds(60).meta(
    about("Message queue service", "wait after an activation that did not succeed; doubles"),
  ),
  MQS_BROKER_TYPE: z
    .string()
    .default("rabbitmq")
    .meta(about("Message queue service", "what the embedded MQS hands out as `broker_type`")),
  MQS_BROKER_ADDRESS: z
    .string()
    .default("localhost:5672")
    .meta(about("Message queue service", "the same for `broker_address`")),
  MQS_BROKER_AUTH_TOKEN: z
    .string()
    .default("")
    .meta(about("Message queue service", "the same for `auth_token`")),

  TMS_LEASE_SECONDS: seconds(300, 0.1).meta(
    about("Task management services", "how long a taskforce that was handed out is nobody else's"),
  ),
  TMS_RETRY_WAIT: seconds(30).meta(
    about("Task management services", "wait after a failed condor-submit or condor-rm; doubles"),
  ),
  TMS_ACTION_RETRIES: whole(0, 60)
    .default(2)
    .meta(
      about(
        "Task management services",
        "failed condor-submits that are tried again before a taskforce is given up",
      ),
    ),

  USER_QUERY_MAX_BYTES: whole(1024)
    .default(10 * 1024 * 1024)
    .meta(about("Queries", "the longest page of a query")),

  NODE_ENV: text.meta(about("Process", "`production` refuses unsafe settings and knows no test clusters")),
  LOG_LEVEL: z
    .string()
    .toLowerCase()
    .transform((level) => (level === "warning" ? "warn" : level === "critical" ? "fatal" : level))
    .pipe(z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]))
    .default("info")
    .meta(about("Process", "`trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`")),
  OTEL_EXPORTER_OTLP_ENDPOINT: url
    .optional()
    .meta(about("Process", "OTLP/HTTP collector that gets traces; unset: nothing is traced")),
  SHUTDOWN_GRACE_SECONDS: seconds(0).meta(
    about("Process", "how long a web process that was told to end goes on while `/readyz` says 503"),
  ),
  SHUTDOWN_SECONDS: seconds(25, 0.1).meta(
    about("Process", "how long requests and jobs under way may then take to end, before they are cut off"),
  ),
});

/** The settings as the environment gives them, checked. */
export type Settings = z.output<typeof settingsSchema>;

/** What the documentation says of each setting. */
export const settingsAbout = (): (About & { name: string; fallback: unknown })[] =>
  Object.entries(settingsSchema.shape).map(([name, schema]) => ({
    ...(schema.meta() as unknown as About),
    name,
    fallback: schema.safeParse(undefined).data,
  }));
