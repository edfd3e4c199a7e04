import type { Redis } from "ioredis";
import { createWorkflow } from "../src/lifecycle/create.js";
import type { RecordedWrite } from "./baseline.js";
import type { Benchmark } from "./main.js";
import { sampleWorkflowRequest } from "./prepare.js";
import { measureRequestRate } from "./requestRate.js";

const CONNECTIONS = 32;
const REQUESTS = 4000;

/** Compares the creation of a workflow of one task at one location with one `MULTI` that writes the same bytes. */
export const createWorkflowBenchmark: Benchmark = {
  name: "POST /v1/workflows, 1 task × 1 location, 32 connections",
  minRatio: 0.5,
  rounds: 7,
  async setUp({ wms, redis, ours, baseline }) {
    const { workflow } = await createWorkflow(wms, sampleWorkflowRequest(1));
    const recorded = await readStoredKeys(redis, workflow.workflow_id.slice(3));
    await fetch(`${baseline.url}/record`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(recorded),
    });
    const post = { method: "POST", headers: { "content-type": "application/json" } } as const;
    const body = JSON.stringify(sampleWorkflowRequest(1));
    return {
      ours: () => measureRequestRate(ours.url, CONNECTIONS, REQUESTS, [{ ...post, path: "/v1/workflows", body }]),
      baseline: () => measureRequestRate(baseline.url, CONNECTIONS, REQUESTS, [{ ...post, path: "/multi", body }]),
    };
  },
};

/** Reads all hashes and sorted sets that a creation wrote. */
async function readStoredKeys(redis: Redis, id: string): Promise<RecordedWrite> {
  const recorded: RecordedWrite = { hashes: [], members: [] };
  for (const key of await redis.keys("wms:{*")) {
    const type = await redis.type(key);
    const target = `baseline:${key}`.replace(id, "$");
    if (type === "hash") recorded.hashes.push({ key: target, fields: await redis.hgetall(key) });
    if (type !== "zset") continue;
    const [member = "", score = "0"] = await redis.zrange(key, 0, "0", "WITHSCORES");
    recorded.members.push({ key: target, score: Number(score), member: member.replace(id, "$") });
  }
  return recorded;
}
