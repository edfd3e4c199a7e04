import { EventEmitter } from "node:events";
import type { Job } from "bullmq";
import { expect, onTestFinished, test } from "vitest";
import { BackgroundQueue } from "../../src/queues/backgroundQueue.js";
import {
  type BackgroundWork,
  PermanentFailure,
  RetryLater,
  startBackgroundWorker,
} from "../../src/workers/backgroundWorker.js";
import { allJobIds } from "../queues/jobIds.js";
import { freshDatabase } from "../setup/database.js";
import { recordingLog } from "../setup/recordingLog.js";
import { openRedis } from "../setup/testRedis.js";
import { waitForValue } from "../setup/waitFor.js";

const QUEUE = "test-work";
/** Log levels. */
const [INFO, WARN, ERROR] = [30, 40, 50];
/** Maximum number of stacks that a job keeps of its failed attempts. */
const KEPT_STACKS = 3;

/** Starts a queue, and a worker that runs `work` for each of its jobs. */
async function start(work: BackgroundWork["work"], more: Partial<BackgroundWork> = {}) {
  const url = await freshDatabase();
  const redis = openRedis(url);
  const workerRedis = openRedis(url, { maxRetriesPerRequest: null });
  const { log, lines } = recordingLog();
  const queue = new BackgroundQueue(QUEUE, redis);
  const worker = startBackgroundWorker(
    { queue: QUEUE, concurrency: 1, work, ...more },
    { redis: workerRedis },
    {
      events: new EventEmitter(),
      log,
    },
  );
  onTestFinished(async () => {
    await worker.close();
    await queue.close();
    for (const client of [redis, workerRedis]) client.disconnect();
  });
  const job = (id: string) => queue.queue.getJob(id);
  return {
    queue,
    worker,
    job,
    logged: () => lines.map((line) => JSON.parse(line)),
    done: (id: string) =>
      waitForValue(
        `${id} is done`,
        () => job(id),
        (found) => found === undefined,
      ),
    /** Waits for a failed attempt, and ends the delay after it. @returns that delay in milliseconds */
    async waits(id: string, attempts: number): Promise<number> {
      const postponed = (found: Job | undefined): found is Job => found?.attemptsMade === attempts && found.delay > 0;
      const found = await waitForValue(`${id} waits`, () => job(id), postponed);
      const { delay } = found;
      await found.promote();
      return delay;
    },
    dead: (id: string) =>
      waitForValue(
        `${id} is dead`,
        () => job(id),
        (found): found is Job => found?.finishedOn !== undefined,
      ),
  };
}

/** Work that fails with the given errors in order, and then succeeds. */
function failingWork(...errors: Error[]): BackgroundWork["work"] {
  return async () => {
    const error = errors.shift();
    if (error !== undefined) throw error;
  };
}

test("work receives the subject of its job, and a completed job leaves no keys", async () => {
  const received: string[][] = [];
  const { queue, done } = await start(async (subject, id) => void received.push([subject, id]));
  await queue.add([{ id: "WF-1" }, { id: "TF-1", subject: "WF-2" }]);
  for (const id of ["WF-1", "TF-1"]) await done(id);
  expect(received.sort()).toEqual([
    ["WF-1", "WF-1"],
    ["WF-2", "TF-1"],
  ]);
  expect(await allJobIds(queue)).toEqual(new Set());
});

test("a job that is not ready is delayed by the configured time, without a warning", async () => {
  const work = failingWork(new RetryLater("no answer"), new RetryLater("busy"));
  const { queue, waits, done, logged } = await start(work, {
    retryLaterDelayMs: (attempts) => attempts * 60_000,
  });
  await queue.add([{ id: "WF-1" }]);

  const delays = [await waits("WF-1", 1), await waits("WF-1", 2)];

  await done("WF-1");
  expect(delays).toEqual([60_000, 120_000]);
  expect(logged()).toMatchObject([
    { level: INFO, queue: QUEUE, job: "WF-1", attempts: 1, reason: "no answer" },
    { level: INFO, queue: QUEUE, job: "WF-1", attempts: 2, reason: "busy" },
  ]);
});

test("after any other error a job is retried with a growing delay, without a limit", async () => {
  const errors = Array.from({ length: 8 }, (_, n) => new Error(`Redis said ${n}`));
  const { queue, job, waits, done, logged } = await start(failingWork(...errors));
  await queue.add([{ id: "WF-1" }]);

  const delays = [];
  for (let attempt = 1; attempt < 8; attempt++) delays.push(await waits("WF-1", attempt));
  // The stacks of all attempts would fill Redis.
  expect((await job("WF-1"))?.stacktrace?.length).toBeLessThanOrEqual(KEPT_STACKS);
  delays.push(await waits("WF-1", 8));

  await done("WF-1");
  expect(delays).toEqual([1, 2, 4, 8, 16, 30, 30, 30].map((seconds) => seconds * 1000));
  expect(logged()).toHaveLength(8);
  expect(logged()[0]).toMatchObject({
    level: WARN,
    queue: QUEUE,
    job: "WF-1",
    err: { message: "Redis said 0" },
  });
});

test("a job that gives up becomes a dead letter, and an operator can retry it", async () => {
  const { queue, dead, done, logged } = await start(failingWork(new PermanentFailure("the MQS refused")));
  await queue.add([{ id: "WF-1" }, { id: "WF-2" }]);

  const job = await dead("WF-1");
  await done("WF-2");

  expect(await job.isFailed()).toBe(true);
  expect(job.failedReason).toBe("the MQS refused");
  expect(logged()).toMatchObject([{ level: ERROR, queue: QUEUE, job: "WF-1", reason: "the MQS refused" }]);
  // A dead letter exists, so adding its job again changes nothing.
  await queue.add([{ id: "WF-1" }]);
  expect(await allJobIds(queue)).toEqual(new Set(["WF-1"]));
  expect(await job.isFailed()).toBe(true);

  await job.retry();
  await done("WF-1");
});

test("closing waits for the active job, and starts no other", async () => {
  const begun: string[] = [];
  let end = () => {};
  const { queue, worker, job, done } = await start(async (id) => {
    begun.push(id);
    await new Promise<void>((resolve) => {
      end = resolve;
    });
  });
  await queue.add([{ id: "WF-1" }, { id: "WF-2" }]);
  await waitForValue(
    "the first job is active",
    async () => begun.length,
    (count) => count === 1,
  );
  let closed = false;
  const closing = worker.close().then(() => {
    closed = true;
  });
  // More round trips than a close without waiting needs.
  for (let trip = 0; trip < 20; trip++) await allJobIds(queue);
  expect(closed).toBe(false);

  end();

  await closing;
  await done("WF-1");
  expect(await (await job("WF-2"))?.isWaiting()).toBe(true);
  expect(begun).toEqual(["WF-1"]);
});
