import { z } from "zod";
import { claimRulesSchema } from "../domain/claimRules.js";
import { clusterLocationsSchema } from "../domain/clusters.js";
import { DEFAULT_LIMITS } from "../domain/httpLimits.js";
import { type About, about, secret } from "./settingDescription.js";
import { proxiesSchema } from "./trustedProxies.js";
import { hostsSchema } from "./redisHosts.js";

const text = z.string().optional();
const url = z
  .url({ protocol: /^https?$/, error: "is no http(s) address" })
  .refine((value) => !/^\w+:\/\/[^/?#]*@/.test(value), "must not hold a user or a password");
const flag = z.stringbool({ error: "is neither true nor false" });
/** In milliseconds, the longest duration must fit into a timer's 31 bits: a longer one would end at once. */
const LONGEST_DURATION = 2_000_000;
const seconds = (fallback: number, min = 0, max = LONGEST_DURATION) =>
  z.coerce.number().min(min).max(max).default(fallback);
/** Seconds: a day, well below where a timer of Node would overflow and fire at once. */
const LONGEST_WAIT = 86_400;
const whole = (min: number, max = Number.MAX_SAFE_INTEGER) => z.coerce.number().int().min(min).max(max);

const roleSetting = (fallback: string, description: string) =>
  z
    .string()
    .default(fallback)
    .pipe(claimRulesSchema)
    .meta(about("Access", description, `\`${fallback.replaceAll(" ", "` `")}\``));

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
  TRUST_PROXY: proxiesSchema
    .optional()
    .meta(
      about(
        "HTTP",
        "whose `X-Forwarded-For` is believed: how many proxies stand in front, or their addresses and networks, with commas between; unset: nobody's",
      ),
    ),

  REQUEST_MAX_HEAD_BYTES: whole(4096, 1024 * 1024)
    .default(DEFAULT_LIMITS.headBytes)
    .meta(about("Limits", "the longest head of a request")),
  REQUEST_MAX_BYTES: whole(1024, 256 * 1024 * 1024)
    .default(DEFAULT_LIMITS.bodyBytes)
    .meta(about("Limits", "the longest body, once inflated")),
  REQUEST_MAX_VALUES: whole(1000)
    .default(DEFAULT_LIMITS.bodyValues)
    .meta(about("Limits", "keys and values in a body; a TMS reports some 20 for each taskforce")),
  REQUEST_HEAD_SECONDS: seconds(DEFAULT_LIMITS.headSeconds, 0.1, LONGEST_WAIT).meta(
    about("Limits", "for the head of a request to arrive"),
  ),
  REQUEST_SECONDS: seconds(DEFAULT_LIMITS.requestSeconds, 0.1, LONGEST_WAIT).meta(
    about("Limits", "for a whole request to arrive"),
  ),
  ANSWER_SECONDS: seconds(DEFAULT_LIMITS.answerSeconds, 0.1, LONGEST_WAIT).meta(
    about("Limits", "from the head of a request to the last byte of its answer that the client takes"),
  ),
  MAX_CONNECTIONS: whole(1)
    .default(DEFAULT_LIMITS.connections)
    .meta(about("Limits", "connections at a time to each web process")),
  EVENTS_HEARTBEAT_SECONDS: seconds(15, 0.01, LONGEST_WAIT).meta(
    about("Limits", "between two signs of life on a stream of events, for proxies that end what is idle"),
  ),
  EVENTS_MAX_SECONDS: seconds(3600, 0.01, LONGEST_WAIT).meta(
    about(
      "Limits",
      "after which a stream of events ends, so that its client is checked anew when it resumes",
    ),
  ),
  EVENTS_MAX_BUFFER_BYTES: whole(1024)
    .default(4 * 1024 * 1024)
    .meta(
      about("Limits", "events that wait for a watcher which does not read; beyond, it has to come again"),
    ),
  RATE_LIMIT_PER_MINUTE: whole(0)
    .default(0)
    .meta(about("Limits", "requests of one caller in a minute, all web processes together; 0: any number")),

  AUTH_OPENID_URL: url
    .optional()
    .meta(
      about(
        "Access",
        "the OpenID Connect provider whose tokens count: its issuer, or the address of its discovery document; unset: tokens are not checked",
      ),
    ),
  AUTH_AUDIENCE: text.meta(about("Access", "whom tokens must be meant for; unset: anybody")),
  AUTH_DISABLED: flag
    .default(false)
    .meta(
      about("Access", "`true`: tokens are not checked, in production and for others than this machine too"),
    ),
  AUTH_ROLE_USER: roleSetting(
    "ewms_role=user groups=/tokens/ewms-dev groups=/institutions/IceCube.*",
    "who is a user: `claim=regex` expressions with blanks between them, each for a whole value; `a.b` is claim `b` within `a`",
  ),
  AUTH_ROLE_SYSTEM_TMS: roleSetting("ewms_role=system-tms", "the same for a TMS"),
  AUTH_ROLE_OPERATOR: roleSetting("ewms_role=operator", "the same for an operator"),
  ADMIN_USER: text.meta(about("Access", "name by which operators get at `/admin/`; with the next one")),
  ADMIN_PASSWORD: text.meta(about("Access", "their password")),
  ADMIN_CLIENT_ID: text.meta(
    about(
      "Access",
      "this service as a client of the identity provider, through which operators log in instead; with `PUBLIC_URL`",
    ),
  ),
  ADMIN_CLIENT_SECRET: text.meta(about("Access", "the client's secret; unset: it is a public client")),
  PUBLIC_URL: url
    .refine(
      (address) => new URL(address).href === `${new URL(address).origin}/`,
      "is more than http(s)://host:port",
    )
    .transform((address) => new URL(address).origin)
    .optional()
    .meta(about("Access", "where browsers reach the service: `https://wms.example.org`")),
  SESSION_SECRET: z
    .string()
    .min(32, "is shorter than 32 characters")
    .optional()
    .meta(
      about("Access", "keeps operators' sessions; the same for all web processes; unset: each makes its own"),
    ),

  REDIS_URL: text.meta(
    secret(
      about(
        "Redis and data",
        "the Redis (6.2 or newer) to use; unset, as the next ones: the service starts one of its own",
      ),
    ),
  ),
  REDIS_CLUSTER_NODES: hostsSchema
    .optional()
    .meta(
      about(
        "Redis and data",
        "a Redis Cluster to use instead: `host:port` of some of its nodes, with commas between",
      ),
    ),
  REDIS_SENTINELS: hostsSchema
    .optional()
    .meta(
      about("Redis and data", "the same of the sentinels that know which Redis to use; with the next one"),
    ),
  REDIS_SENTINEL_NAME: text.meta(about("Redis and data", "what the sentinels call its master")),
  REDIS_SENTINEL_PASSWORD: text.meta(
    secret(about("Redis and data", "password of the sentinels; unset: they want none")),
  ),
  REDIS_USERNAME: text.meta(
    about("Redis and data", "user of the Redis servers of a cluster or behind sentinels; unset: the default"),
  ),
  REDIS_PASSWORD: text.meta(secret(about("Redis and data", "their password; unset: they want none"))),
  REDIS_TLS: flag
    .optional()
    .meta(about("Redis and data", "`true`: they, and the sentinels, are spoken to through TLS", "`false`")),
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
  MQS_CLIENT_SECRET: text.meta(secret(about("Message queue service", "the client's secret"))),
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
    .meta(secret(about("Message queue service", "the same for `auth_token`"))),

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
  QUERY_MAX_SCAN: whole(1)
    .default(1_000_000)
    .meta(about("Queries", "entities that one query may look at to fill its page")),

  METRICS_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]+$/, { error: "holds blanks, or what no HTTP header can carry" })
    .optional()
    .meta(
      about("Metrics", "bearer token for `/metrics`; unset: only programs on the same machine may read it"),
    ),
  METRICS_PORT: whole(0, 65535)
    .optional()
    .meta(
      about(
        "Metrics",
        "port at which a process that is only a worker shows `/metrics`, `/healthz` and `/readyz`; unset: none",
      ),
    ),

  NODE_ENV: text.meta(about("Process", "`production` refuses unsafe settings and knows no test clusters")),
  WEB_CONCURRENCY: whole(1, 256)
    .default(1)
    .meta(
      about("Process", "web processes at one port that `npm start` and `npm run start:web` keep running"),
    ),
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
