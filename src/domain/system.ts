import { z } from "zod";
import { count, epochSeconds, orNull } from "./schemaParts.js";

/** What callers without the role of an operator see instead of hosts, addresses, process ids and error messages. */
const OPERATORS_ONLY = "null for callers who are not operators";

const upstreamSchema = z
  .strictObject({
    last_success: orNull(epochSeconds, "The last answer, also one that refuses a request; null: none yet."),
    failing_since: orNull(epochSeconds, "The first failure after the last answer; null: the last call succeeded."),
    last_error: orNull(
      z.strictObject({ at: epochSeconds, message: orNull(z.string(), `Without secrets; ${OPERATORS_ONLY}.`) }),
      "The last failure, also one that is over.",
    ),
    latency_ms: orNull(z.number(), "Milliseconds that the last answer took."),
  })
  .meta({ id: "UpstreamState", description: "Whether a service answers that this service calls." });

const upstreamsSchema = z.strictObject({
  mqs: orNull(upstreamSchema, "Null: not called, or embedded."),
  identity_provider: orNull(upstreamSchema, "Null: not called."),
  pilot_images: orNull(upstreamSchema, "The directory of pilot images. Null: none is configured."),
});

const reconcileSchema = z
  .strictObject({
    at: epochSeconds.meta({ description: "The end of the pass." }),
    seconds: z.number().meta({ description: "Its duration." }),
    added: count("Jobs that the pass added to queues."),
    dropped: count("Jobs that the pass dropped from queues."),
  })
  .meta({ id: "ReconcilePass", description: "A pass of reconcile, which repairs queues." });

const retentionSchema = z
  .strictObject({
    begun: epochSeconds.meta({ description: "The begin of the last run, also of one that failed." }),
    last_run: orNull(
      z.strictObject({
        at: epochSeconds.meta({ description: "Its begin." }),
        seconds: z.number().meta({ description: "Its duration." }),
        archived: count("Workflows that it wrote to the archive."),
        removed: count("Workflows that it removed from Redis."),
        kept: count("Workflows that changed during the run; a later one archives them again."),
        is_complete: z.boolean().meta({ description: "False: it reached its limit, and the next one continues." }),
      }),
      "The last run that did not fail; null: none yet.",
    ),
    up_to: epochSeconds.meta({
      description: "All workflows that had ended `RETENTION_DAYS` before this time are removed.",
    }),
    is_behind: z.boolean().meta({ description: "Whether `up_to` is more than a day ago." }),
  })
  .meta({ id: "RetentionState", description: "How far retention has come, which removes old workflows." });

const processSchema = z
  .strictObject({
    id: z.string(),
    role: z.string().meta({ description: "`web`, `worker`, or `web worker`." }),
    version: z.string(),
    host: orNull(z.string(), `The name of its machine; ${OPERATORS_ONLY}.`),
    pid: orNull(z.int(), `The process id; ${OPERATORS_ONLY}.`),
    started: epochSeconds,
    seen: epochSeconds.meta({ description: "The last heartbeat; one follows every 2 s." }),
    event_loop_delay_ms: orNull(z.number(), "99th percentile between the last two heartbeats, in milliseconds."),
    connections: orNull(z.int(), "Open HTTP connections of clients; null without the role web."),
    rss_bytes: orNull(z.int(), "Memory of the process (resident set size)."),
    clock_difference_seconds: orNull(z.number(), "How far its machine's clock is ahead of the one of Redis."),
    upstreams: upstreamsSchema,
    reconcile: orNull(reconcileSchema, "Its last pass; null: none yet, or no worker."),
  })
  .meta({ id: "ProcessState", description: "A live process. A process of an earlier release reports only a part." });

const replicaSchema = z.strictObject({
  address: orNull(z.string(), `Host and port; ${OPERATORS_ONLY}.`),
  state: orNull(z.string(), "`online`, or a step of its first synchronization."),
  lag_bytes: orNull(z.number(), "Bytes of the replication stream that it has not confirmed."),
  lag_seconds: orNull(z.number(), "Seconds since its last confirmation."),
});

const redisServerSchema = z
  .strictObject({
    address: orNull(z.string(), `Host and port, or the Unix socket; ${OPERATORS_ONLY}.`),
    version: orNull(z.string(), "Null, as all below, where Redis forbids INFO."),
    role: orNull(z.enum(["master", "replica"]), "A replica accepts no writes."),
    used_memory_bytes: orNull(z.number(), "Memory in use."),
    max_memory_bytes: orNull(z.number(), "Redis refuses writes beyond it; 0: no limit."),
    persistence: z.strictObject({
      aof_enabled: orNull(z.boolean(), "Whether Redis keeps an append-only file."),
      rdb_enabled: orNull(z.boolean(), "Whether Redis saves snapshots at intervals; null where it forbids CONFIG."),
      last_save_ok: orNull(z.boolean(), "Whether the last snapshot was written."),
      last_save: orNull(epochSeconds, "The last snapshot."),
      last_aof_write_ok: orNull(z.boolean(), "Whether the last write to the append-only file succeeded."),
      last_fork_us: orNull(z.number(), "Microseconds that Redis stood still for its last fork."),
      aof_delayed_fsyncs: orNull(z.number(), "Writes that waited for a slow disk, since the start of Redis."),
    }),
    replicas: z.array(replicaSchema),
  })
  .meta({ id: "RedisServerState", description: "A Redis server to which this service writes." });

const pauseSchema = z.strictObject({
  by: orNull(z.string(), "The operator; null: paused by another tool."),
  since: orNull(epochSeconds, "Null: paused by another tool."),
});

const queueSchema = z
  .strictObject({
    name: z.string().meta({ description: "The queue's name in BullMQ and on the dashboard." }),
    kind: z.enum(["starter", "stopper", "background"]),
    schedd: orNull(z.string(), "Null for a background queue."),
    paused: z.union([z.literal(false), pauseSchema]).meta({ description: "False, or who paused it." }),
    waiting: count("Jobs that can be leased at once."),
    active: count("Jobs that a TMS or a worker has leased."),
    delayed: count("Jobs in a backoff."),
    dead: count("Dead letters; an operator can retry them."),
    oldest_waiting_seconds: orNull(z.number(), "The longest wait, 0 when none waits; null for a background queue."),
  })
  .meta({ id: "QueueOverview", description: "State of a queue." });

/** The state of the service itself: its processes, Redis, the upstream services, and its queues. */
export const systemSchema = z
  .strictObject({
    processes: z.array(processSchema).meta({ description: "The live processes, by role and start." }),
    versions: z.array(z.string()).meta({
      description: "The releases of the live processes. More than one: an upgrade is under way.",
    }),
    redis: z.array(redisServerSchema).meta({ description: "The master, or all masters of a cluster." }),
    upstreams: upstreamsSchema.meta({
      description: "Over all processes: the last answer, and the start of the oldest failure that lasts.",
    }),
    reconcile: orNull(reconcileSchema, "The last pass of any process."),
    retention: orNull(retentionSchema, "Null: off, no run has begun within the last two hours."),
    queues: z.array(queueSchema),
    layout: z.strictObject({ version: z.int(), partitions: z.int() }),
    clock_difference_seconds: z.number().meta({
      description: "The largest difference between a machine's clock and the one of Redis, or between two masters.",
    }),
  })
  .meta({ id: "SystemState", description: "State of the service itself." });

/** See {@link systemSchema}. */
export type SystemState = z.infer<typeof systemSchema>;
export type RedisServerState = z.infer<typeof redisServerSchema>;
export type SystemProcess = z.infer<typeof processSchema>;
export type SystemQueue = z.infer<typeof queueSchema>;
export type SystemUpstream = z.infer<typeof upstreamSchema>;
