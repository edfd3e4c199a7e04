import type { Redis } from "ioredis";
import { activateWorkflow } from "../src/lifecycle/activate.js";
import type { Wms } from "../src/lifecycle/context.js";
import { createWorkflow } from "../src/lifecycle/create.js";
import type { RecordedWrite } from "./baseline.js";
import { POPULATED_SITES } from "./benchLocations.js";
import { sampleWorkflowRequest } from "./prepare.js";

/** Workflows whose creation the baseline repeats: the locations of each task, by a name. */
export const RECORDED_SHAPES = {
  one: { tasks: 1, locations: ["test-alpha"] },
  ten: { tasks: 2, locations: POPULATED_SITES.slice(0, 5) },
} as const;

/** A creation that the baseline repeats. With `pending`, the taskforces are in their starter queues, whose keys are included. */
export type RecordingName = `${keyof typeof RECORDED_SHAPES} ${"created" | "pending"}`;

/** All hashes and sorted sets that the service writes for a workflow. */
export type Recordings = Readonly<Record<RecordingName, RecordedWrite>>;

/** Creates workflows in an empty store, reads what the service stored, and empties the store again. */
export async function recordCreations(wms: Wms, redis: Redis): Promise<Recordings> {
  const record = async (shape: keyof typeof RECORDED_SHAPES, isPending: boolean): Promise<RecordedWrite> => {
    const { tasks, locations } = RECORDED_SHAPES[shape];
    const { workflow } = await createWorkflow(wms, sampleWorkflowRequest(tasks, [...locations]));
    if (isPending) {
      await activateWorkflow(wms, workflow.workflow_id);
    }
    const recorded = await readStoredKeys(redis, workflow.workflow_id.slice(3), isPending);
    await redis.flushdb();
    await redis.hset("wms:layout", "partitions", wms.store.partitions);
    return recorded;
  };
  return {
    "one created": await record("one", false),
    "one pending": await record("one", true),
    "ten created": await record("ten", false),
    "ten pending": await record("ten", true),
  };
}

async function readStoredKeys(redis: Redis, id: string, withQueues: boolean): Promise<RecordedWrite> {
  const recorded: RecordedWrite = { hashes: [], members: [] };
  const queueKeys = withQueues ? await redis.keys("{wmsq-starter-*") : [];
  for (const key of [...(await redis.keys("wms:{*")), ...queueKeys]) {
    const type = await redis.type(key);
    const target = `baseline:${key}`.replace(id, "$");
    if (type === "hash") recorded.hashes.push({ key: target, fields: await redis.hgetall(key) });
    if (type !== "zset") continue;
    const list = await redis.zrange(key, 0, "-1", "WITHSCORES");
    for (let at = 0; at < list.length; at += 2)
      recorded.members.push({ key: target, score: Number(list[at + 1]), member: (list[at] ?? "").replace(id, "$") });
  }
  return recorded;
}
