import type { Job } from "bullmq";
import type { Taskforce } from "../../src/domain/taskforce.js";
import { createQueues } from "../../src/queues/queues.js";
import type { RedisClient } from "../../src/redis/redisClient.js";
import type { Created } from "../api/requestBodies.js";
import { type ScriptedMqs, startScriptedMqs } from "../mqs/scriptedMqs.js";
import { jobIds } from "../queues/jobIds.js";
import { openRedis } from "../setup/testRedis.js";
import { freshDatabase } from "../setup/database.js";
import { type AccessPoint, eventually, type Story, startStory, task } from "../scenarios/serviceScenario.js";

/** Milliseconds for an attempt to fail: a call that hangs takes 10 s. */
const LONG = 25_000;

/** A service whose MQS does what the test scripts. */
export interface ActivationStory {
  story: Story;
  mqs: ScriptedMqs;
  redis: RedisClient;
  /** Where the workflows run: two places. */
  places: readonly AccessPoint[];
  /** Asks for a workflow of two tasks with queues, at both places: four taskforces. */
  create(): Promise<Created>;
  /** Asks for a further taskforce of a workflow's first task. */
  addWorkers(to: Created): Promise<Taskforce>;
  /** The job that activates a workflow's queues; undefined when it is done. */
  job(workflowId: string): Promise<Job | undefined>;
  /** Waits until a workflow waits for its next attempt. @param attempts how many there were */
  waiting(workflowId: string, attempts: number): Promise<Job>;
  /** Waits until a workflow has no activation job any more. */
  done(workflowId: string): Promise<void>;
}

/**
 * Starts it. An activation that fails is tried again after ten minutes unless `settings` say otherwise, or when the test
 * promotes its job.
 *
 * @param atEnd is given what closes it: `onTestFinished` or `afterAll`
 * @param settings environment variables
 */
export async function startActivationStory(
  atEnd: (close: () => Promise<void>) => void,
  settings: Record<string, string> = {},
): Promise<ActivationStory> {
  const mqs = await startScriptedMqs();
  const url = await freshDatabase();
  const redis = openRedis(url);
  const queues = createQueues({ redis, leaseSeconds: 300, schedds: [] });
  const { stopper } = queues.of("access-point-0");
  await stopper.add([{ id: "unwanted", rank: 1 }]);
  const story = await startStory({
    REDIS_URL: url,
    MQS_ADDRESS: mqs.address,
    WORKFLOW_MQ_ACTIVATOR_MQS_RETRY_WAIT: "600",
    ...settings,
  });
  atEnd(async () => {
    // First the MQS: the service lets calls under way end.
    await mqs.close();
    await story.close();
    await queues.close();
    redis.disconnect();
  });

  // Once the first reconcile has dropped it, nothing but the workflows' own jobs moves them on.
  await eventually(
    "the first reconcile has passed",
    () => jobIds(stopper),
    ({ live }) => live.size === 0,
  );

  const places = [story.accessPoint(), story.accessPoint()];
  const locations = places.map(({ location }) => location);
  const job = (workflowId: string) => queues.activation.queue.getJob(workflowId);
  return {
    story,
    mqs,
    redis,
    places,
    create: () =>
      story.submitWorkflow([
        task(locations, { output_queue_aliases: ["between"] }),
        task(locations, { input_queue_aliases: ["between"] }),
      ]),
    async addWorkers({ task_directives: [first] }) {
      const { status, body } = await story.addWorkers(first?.task_id ?? "", locations[0] ?? "");
      if (status !== 200) throw new Error(`add-workers: ${status}`);
      return body;
    },
    job,
    async waiting(workflowId, attempts) {
      const waits = (found: Job | undefined): found is Job =>
        found?.attemptsMade === attempts && found.delay > 0;
      return eventually(`${workflowId} waits`, () => job(workflowId), waits, LONG);
    },
    async done(workflowId) {
      await eventually(
        `${workflowId} has no job`,
        () => job(workflowId),
        (found) => found === undefined,
      );
    },
  };
}
