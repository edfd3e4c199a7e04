import { createQueues, type Queues } from "../../../src/queues/queues.js";
import type { RedisClient } from "../../../src/redis/redisClient.js";
import { recordingLog } from "../../mqs/recordingLog.js";
import { openRedis } from "../../setup/testRedis.js";
import { freshDatabase } from "../../setup/database.js";
import { type AccessPoint, eventually, type Story, startStory } from "../../scenarios/serviceScenario.js";

/** The operator of these tests. */
export const OPERATOR = "olga";
/** As a browser is told them. */
export const CREDENTIALS = { username: OPERATOR, password: "open sesame" };

const basic = (password: string): string =>
  `Basic ${Buffer.from(`${OPERATOR}:${password}`).toString("base64")}`;

/** Headers of a request that a page of the service sends for the operator. */
export const asOperator = (url: string): Record<string, string> => ({
  authorization: basic(CREDENTIALS.password),
  origin: url,
});
/** The same from somebody who does not know the password. */
export const asStranger = (url: string): Record<string, string> => ({
  authorization: basic("close sesame"),
  origin: url,
});

/** What the log says of something that an operator did. */
export interface AuditLine {
  operator: string;
  address: string;
  request: string;
  time: number;
  action?: string;
  queue?: string;
  job?: string;
  jobs?: number;
  method: string;
  path: string;
  outcome: string;
  status: number;
  refusal?: string;
}

/** A service with operator pages, and what a test needs to see what the operator's buttons do. */
export interface Desk {
  story: Story;
  redis: RedisClient;
  redisUrl: string;
  queues: Queues;
  /** Everything that was logged. */
  lines: readonly string[];
  /** What the audit says of an action, once it says it. */
  audited(action: string, queue: string | undefined): Promise<AuditLine>;
  close(): Promise<void>;
}

/** Opens a desk whose reconciler is quick. @param settings environment variables on top of the desk's own */
export async function openDesk(settings: Record<string, string> = {}): Promise<Desk> {
  const redisUrl = await freshDatabase();
  const { log, lines } = recordingLog();
  const story = await startStory(
    {
      REDIS_URL: redisUrl,
      RECONCILE_SECONDS: "0.2",
      TMS_RETRY_WAIT: "3600",
      TMS_ACTION_RETRIES: "1",
      ADMIN_USER: CREDENTIALS.username,
      ADMIN_PASSWORD: CREDENTIALS.password,
      ...settings,
    },
    { log },
  );
  const redis = openRedis(redisUrl);
  const queues = createQueues({ redis, leaseSeconds: 300, schedds: [] });
  const audit = () =>
    lines.map((line) => JSON.parse(line) as AuditLine & { audit?: true }).filter((line) => line.audit);
  return {
    story,
    redis,
    redisUrl,
    queues,
    lines,
    audited: (action, queue) =>
      eventually(
        `the audit tells of ${action} in ${queue}`,
        async () => audit().find((line) => line.action === action && line.queue === queue),
        (line) => line !== undefined,
      ),
    async close() {
      await story.close();
      await queues.close();
      redis.disconnect();
    },
  };
}

/** A taskforce whose condor-submit failed for the last time. @returns its uuid */
export async function deadTaskforce(
  { story, queues }: Desk,
  at: AccessPoint,
  error = "no such file",
): Promise<string> {
  const uuid = await delayedTaskforce({ story, queues }, at);
  await (await queues.of(at.schedd).starter.queue.getJob(uuid))?.promote();
  await at.tms.submitFailed(await story.takes(at.tms), error);
  return uuid;
}

/** A taskforce that waits for an hour after its first failed condor-submit. @returns its uuid */
export async function delayedTaskforce(
  { story }: Pick<Desk, "story" | "queues">,
  at: AccessPoint,
): Promise<string> {
  const { taskforce_uuid } = await story.pending(at);
  await at.tms.submitFailed(await story.takes(at.tms), "schedd is down");
  return taskforce_uuid;
}
