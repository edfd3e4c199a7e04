import type { Job } from "bullmq";
import type { Taskforce } from "../../src/domain/taskforce.js";
import { Queues } from "../../src/queues/queues.js";
import type { RedisClient } from "../../src/redis/redisClient.js";
import type { CreatedWorkflow } from "../api/requestBodies.js";
import { type ScriptedMqs, startScriptedMqs } from "../mqs/scriptedMqs.js";
import { jobIds } from "../queues/jobIds.js";
import {
  makeTaskRequestAt,
  type ServiceScenario,
  startServiceScenario,
  type TestAccessPoint,
} from "../scenarios/serviceScenario.js";
import { freshDatabase } from "../setup/database.js";
import { openRedis } from "../setup/testRedis.js";
import { waitForValue } from "../setup/waitFor.js";

/** Milliseconds until an attempt has failed: a hanging call takes 10 s. */
const ATTEMPT_TIMEOUT_MS = 25_000;

/** A service with a scripted MQS. */
export interface ActivationScenario {
  scenario: ServiceScenario;
  mqs: ScriptedMqs;
  redis: RedisClient;
  /** The two access points of the workflows. */
  accessPoints: readonly TestAccessPoint[];
  /** Creates a workflow of two tasks with queues at both locations: four taskforces. */
  createWorkflow(): Promise<CreatedWorkflow>;
  /** Adds a taskforce to a workflow's first task. */
  addWorkers(to: CreatedWorkflow): Promise<Taskforce>;
  /** The activation job of a workflow; undefined after its completion. */
  findJob(workflowId: string): Promise<Job | undefined>;
  /** Waits until an activation waits for its next attempt. @param attempts number of attempts so far */
  waitForRetry(workflowId: string, attempts: number): Promise<Job>;
  /** Waits until a workflow's activation job is removed. */
  waitUntilActivated(workflowId: string): Promise<void>;
}

/**
 * Starts the service. A failed activation is retried after ten minutes by default, or when the test promotes its job.
 *
 * @param atEnd registers the clean-up: `onTestFinished` or `afterAll`
 * @param settings environment variables
 */
export async function startActivationScenario(
  atEnd: (close: () => Promise<void>) => void,
  settings: Record<string, string> = {},
): Promise<ActivationScenario> {
  const mqs = await startScriptedMqs();
  const url = await freshDatabase();
  const redis = openRedis(url);
  const queues = new Queues({ redis, leaseSeconds: 300, schedds: [] });
  const { stopper } = queues.forSchedd("access-point-0");
  await stopper.add([{ id: "unwanted", rank: 1 }]);
  const scenario = await startServiceScenario({
    REDIS_URL: url,
    MQS_ADDRESS: mqs.address,
    WORKFLOW_MQ_ACTIVATOR_MQS_RETRY_WAIT: "600",
    ...settings,
  });
  atEnd(async () => {
    // The MQS closes first, because the service waits for active calls.
    await mqs.close();
    await scenario.close();
    await queues.close();
    redis.disconnect();
  });

  // After the first reconcile has dropped this job, only the workflows' own jobs change their phases.
  await waitForValue(
    "the first reconcile has passed",
    () => jobIds(stopper),
    ({ live }) => live.size === 0,
  );

  const places = [scenario.nextAccessPoint(), scenario.nextAccessPoint()];
  const locations = places.map(({ location }) => location);
  const job = (workflowId: string) => queues.activation.queue.getJob(workflowId);
  return {
    scenario,
    mqs,
    redis,
    accessPoints: places,
    createWorkflow: () =>
      scenario.submitWorkflow([
        makeTaskRequestAt(locations, { output_queue_aliases: ["between"] }),
        makeTaskRequestAt(locations, { input_queue_aliases: ["between"] }),
      ]),
    async addWorkers({ task_directives: [first] }) {
      const { status, body } = await scenario.addWorkers(first?.task_id ?? "", locations[0] ?? "");
      if (status !== 200) throw new Error(`add-workers: ${status}`);
      return body;
    },
    findJob: job,
    async waitForRetry(workflowId, attempts) {
      const waits = (found: Job | undefined): found is Job => found?.attemptsMade === attempts && found.delay > 0;
      return waitForValue(`${workflowId} waits`, () => job(workflowId), waits, ATTEMPT_TIMEOUT_MS);
    },
    async waitUntilActivated(workflowId) {
      await waitForValue(
        `${workflowId} has no job`,
        () => job(workflowId),
        (found) => found === undefined,
      );
    },
  };
}
