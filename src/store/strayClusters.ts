import { epochMs } from "../domain/clock.js";
import { cutText } from "../domain/cutText.js";
import { isTaskforceUuid, workflowOf } from "../domain/ids.js";
import { sha256 } from "../domain/sha256.js";
import { MAX_STRAY_CLUSTERS, type StrayCluster } from "../domain/strayCluster.js";
import type { RedisClient } from "../redis/redisClient.js";
import { STRAY_CLUSTERS_KEY, STRAY_REPORTS_KEY } from "./keys.js";
import { runScript } from "./scripts.js";

/** Bytes of a reported uuid. A valid one has fewer than 50. */
const MAX_UUID_BYTES = 255;

/** What a rejected report says of a cluster. */
export type ReportedStray = Pick<StrayCluster, "schedd" | "cluster_id" | "taskforce_uuid" | "reason">;

/** The clusters that HTCondor runs although the service rejected their reports; the newest {@link MAX_STRAY_CLUSTERS}. */
export class StrayClusters {
  readonly #redis: RedisClient;

  constructor(redis: RedisClient) {
    this.#redis = redis;
  }

  /** Records a report. Reports of the same cluster for the same taskforce are one entry. */
  async record({ schedd, cluster_id, taskforce_uuid: reported, reason }: ReportedStray): Promise<void> {
    const now = epochMs() / 1000;
    const { text: taskforce_uuid, cutFromBytes } = cutText(reported, MAX_UUID_BYTES);
    const workflow_id = cutFromBytes === undefined && isTaskforceUuid(reported) ? workflowOf(reported) : null;
    const id = sha256(`${cluster_id} ${reported}`).toString("hex").slice(0, 16);
    const entry = { schedd, cluster_id, taskforce_uuid, workflow_id, reason, first_report: now };
    const values = [id, now, JSON.stringify(entry), MAX_STRAY_CLUSTERS];
    await runScript(this.#redis, "recordStrayCluster", [STRAY_REPORTS_KEY, STRAY_CLUSTERS_KEY], values);
  }

  /** All entries, the one with the newest report first. */
  async readAll(): Promise<StrayCluster[]> {
    const flat = await this.#redis.zrevrange(STRAY_REPORTS_KEY, 0, "-1", "WITHSCORES");
    if (flat.length === 0) return [];
    const entries = await this.#redis.hgetall(STRAY_CLUSTERS_KEY);
    return flat.flatMap((id, index) => {
      const text = index % 2 === 0 ? entries[id] : undefined;
      if (text === undefined) return [];
      return [{ id, ...(JSON.parse(text) as object), last_report: Number(flat[index + 1]) } as StrayCluster];
    });
  }

  /** The number of entries. */
  count(): Promise<number> {
    return this.#redis.zcard(STRAY_REPORTS_KEY);
  }

  /** Removes an entry. @returns false when there is none */
  async remove(id: string): Promise<boolean> {
    // In this order: an id without a cluster is not shown, and gives way to newer ones.
    const [removed] = await Promise.all([
      this.#redis.hdel(STRAY_CLUSTERS_KEY, id),
      this.#redis.zrem(STRAY_REPORTS_KEY, id),
    ]);
    return removed === 1;
  }
}
