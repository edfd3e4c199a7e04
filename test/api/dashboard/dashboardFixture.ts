import { Queues } from "../../../src/queues/queues.js";
import type { RedisClient } from "../../../src/redis/redisClient.js";
import { type ServiceScenario, startServiceScenario, type TestAccessPoint } from "../../scenarios/serviceScenario.js";
import { freshDatabase } from "../../setup/database.js";
import { recordingLog } from "../../setup/recordingLog.js";
import { openRedis } from "../../setup/testRedis.js";
import { waitForValue } from "../../setup/waitFor.js";

/** The operator of these tests. */
export const OPERATOR = "olga";
/** The credentials of the browser. */
export const CREDENTIALS = { username: OPERATOR, password: "open sesame" };

const basicAuthorization = (password: string): string =>
  `Basic ${Buffer.from(`${OPERATOR}:${password}`).toString("base64")}`;

/** Headers of a request that a page of the service sends for the operator. */
export const operatorHeaders = (url: string): Record<string, string> => ({
  authorization: basicAuthorization(CREDENTIALS.password),
  origin: url,
});
/** The same with a wrong password. */
export const withWrongPassword = (url: string): Record<string, string> => ({
  authorization: basicAuthorization("close sesame"),
  origin: url,
});

/** A log line of the audit. */
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

/** A service with operator pages, and access to its Redis, queues and log. */
export interface DashboardFixture {
  scenario: ServiceScenario;
  redis: RedisClient;
  redisUrl: string;
  queues: Queues;
  /** All log lines. */
  logLines: readonly string[];
  /** Waits for the audit line of an action. */
  waitForAudit(action: string, queue: string | undefined): Promise<AuditLine>;
  close(): Promise<void>;
}

/** Starts the fixture with a short interval of reconcile. @param settings additional environment variables */
export async function startDashboardFixture(settings: Record<string, string> = {}): Promise<DashboardFixture> {
  const redisUrl = await freshDatabase();
  const { log, lines } = recordingLog();
  const scenario = await startServiceScenario(
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
  const queues = new Queues({ redis, leaseSeconds: 300, schedds: [] });
  const audit = () =>
    lines.map((line) => JSON.parse(line) as AuditLine & { audit?: true }).filter((line) => line.audit);
  return {
    scenario,
    redis,
    redisUrl,
    queues,
    logLines: lines,
    waitForAudit: (action, queue) =>
      waitForValue(
        `the audit of ${action} in ${queue}`,
        async () => audit().find((line) => line.action === action && line.queue === queue),
        (line) => line !== undefined,
      ),
    async close() {
      await scenario.close();
      await queues.close();
      redis.disconnect();
    },
  };
}

/** Creates a dead letter: its last condor-submit failed. @returns the uuid of its taskforce */
export async function createDeadTaskforce(
  { scenario, queues }: DashboardFixture,
  at: TestAccessPoint,
  error = "no such file",
): Promise<string> {
  const uuid = await createDelayedTaskforce({ scenario, queues }, at);
  await (await queues.forSchedd(at.schedd).starter.queue.getJob(uuid))?.promote();
  await at.createTms.submitFailed(await scenario.leaseToStart(at.createTms), error);
  return uuid;
}

/** Creates a taskforce in a backoff of an hour after its first failed condor-submit. @returns its uuid */
export async function createDelayedTaskforce(
  { scenario }: Pick<DashboardFixture, "scenario" | "queues">,
  at: TestAccessPoint,
): Promise<string> {
  const { taskforce_uuid } = await scenario.createPending(at);
  await at.createTms.submitFailed(await scenario.leaseToStart(at.createTms), "schedd is down");
  return taskforce_uuid;
}
