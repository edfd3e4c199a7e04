/**
 * The baseline of the benchmarks: bare Express 5 routes with the minimum of Redis commands for the same effect, without
 * validation, rules or logs. Runs in its own process, like the service.
 *
 *   node --import tsx bench/baseline.ts <redis url>
 */
import { Queue, Worker } from "bullmq";
import express from "express";
import { Redis } from "ioredis";

/** One `HSET` of `POST /multi` with its key. */
export interface RecordedHash {
  key: string;
  fields: Record<string, string>;
}

/** The writes of `POST /multi`. `$` in keys and members is replaced by a new id. */
export interface RecordedWrite {
  hashes: RecordedHash[];
  members: { key: string; score: number; member: string }[];
}

/** Taskforces of an abort. Half of them wait in the queues of ten schedds; the others have clusters, which are to be stopped. */
export interface AbortRequest {
  uuids: string[];
}

/** The queue whose jobs the baseline completes. */
export const BASELINE_QUEUE = "baseline";

const isWaiting = (index: number): boolean => index % 2 === 0;
const phaseIndex = (phase: string): string => `baseline:phase:${phase}`;
const abortQueue = (kind: string, index: number): string => `baseline:${kind}-${index % 10}`;

/** Stores the taskforces that {@link abort} expects. */
async function storeWaiting(redis: Redis, { uuids }: AbortRequest): Promise<void> {
  const pipeline = redis.pipeline();
  for (const [index, uuid] of uuids.entries()) {
    const phase = isWaiting(index) ? "pending-starter" : "condor-submit";
    pipeline.hset(`baseline:${uuid}`, { phase, since: index, log: "x".repeat(150) });
    pipeline.zadd(phaseIndex(phase), index, uuid);
    if (!isWaiting(index)) continue;
    pipeline.zadd(abortQueue("starter", index), index, uuid);
    pipeline.hset(`baseline:job:${uuid}`, { name: "job", data: "{}", opts: "{}" });
  }
  await pipeline.exec();
}

/** Moves taskforces to pending-stopper, removes the jobs of the waiting ones, and adds jobs for the others. */
async function abort(redis: Redis, { uuids }: AbortRequest): Promise<void> {
  const pipeline = redis.pipeline();
  for (const [index, uuid] of uuids.entries()) {
    pipeline.hset(`baseline:${uuid}`, { phase: "pending-stopper", since: index, log: "x".repeat(200) });
    pipeline.zrem(phaseIndex(isWaiting(index) ? "pending-starter" : "condor-submit"), uuid);
    pipeline.zadd(phaseIndex("pending-stopper"), index, uuid);
    if (isWaiting(index)) {
      pipeline.zrem(abortQueue("starter", index), uuid);
      pipeline.del(`baseline:job:${uuid}`);
    } else {
      pipeline.hset(`baseline:job:${uuid}`, { name: "job", data: "{}", opts: "{}" });
      pipeline.zadd(abortQueue("stopper", index), index, uuid);
    }
  }
  await pipeline.exec();
}

function serve(redisUrl: string): void {
  const redis = new Redis(redisUrl, { maxRetriesPerRequest: null });
  const app = express();
  app.disable("x-powered-by").disable("etag");
  const queue = new Queue(BASELINE_QUEUE, { connection: redis, prefix: "{baseline}" });
  const worker = new Worker(BASELINE_QUEUE, null, {
    connection: redis,
    prefix: "{baseline}",
    autorun: false,
  });
  const recorded = new Map<string, RecordedWrite>();
  let count = 0;

  app.get("/hgetall/:key", async (request, response) => {
    response.json(await redis.hgetall(request.params.key));
  });
  app.get("/take", async (_request, response) => {
    const job = await worker.getNextJob("token", { block: false });
    response.json(job === undefined ? {} : { id: job.id });
  });
  app.post("/done/:id", express.json(), async (request, response) => {
    const job = { id: request.params.id, opts: {} } as never;
    await queue.getBackend().moveToCompleted(job, null, true, "token", false);
    response.json({ id: request.params.id });
  });
  app.post("/record/:name", express.json({ limit: "1mb" }), (request, response) => {
    recorded.set(String(request.params["name"]), request.body as RecordedWrite);
    response.json({});
  });
  app.post("/multi/:name", express.json(), async (request, response) => {
    const writes = recorded.get(String(request.params["name"]));
    if (writes === undefined) throw new Error(`${request.path}: no writes are recorded`);
    const id = String(++count);
    const multi = redis.multi();
    for (const { key, fields } of writes.hashes) multi.hset(key.replace("$", id), fields);
    for (const { key, score, member } of writes.members) multi.zadd(key, score, member.replace("$", id));
    await multi.exec();
    response.json(request.body);
  });
  app.post("/hsets", express.json({ limit: "32mb" }), async (request, response) => {
    const { compound_statuses_by_taskforce: statuses, top_task_errors_by_taskforce: errors } = request.body;
    const pipeline = redis.pipeline();
    for (const [uuid, value] of Object.entries(statuses))
      pipeline.hset(`baseline:${uuid}`, {
        compound_statuses: JSON.stringify(value),
        top_task_errors: JSON.stringify(errors[uuid]),
      });
    await pipeline.exec();
    response.json({ results: Object.keys(statuses).map((uuid) => ({ uuid, status: "updated" })) });
  });
  app.post("/waiting", express.json({ limit: "1mb" }), async (request, response) => {
    await storeWaiting(redis, request.body as AbortRequest);
    response.json({});
  });
  app.post("/abort", express.json({ limit: "1mb" }), async (request, response) => {
    await abort(redis, request.body as AbortRequest);
    response.json({});
  });

  const server = app.listen(0, "127.0.0.1", () => {
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    process.stdout.write(`listens on http://127.0.0.1:${address.port}\n`);
  });
}

if (process.argv[1]?.endsWith("baseline.ts")) serve(process.argv[2] ?? "redis://127.0.0.1:6379");
