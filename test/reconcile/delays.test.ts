import { expect, test } from "vitest";
import { epochMs } from "../../src/domain/clock.js";
import type { TaskforceUuid } from "../../src/domain/ids.js";
import { handOutBackoffMs } from "../../src/lifecycle/handOut.js";
import { reconcile } from "../../src/lifecycle/reconcile.js";
import { DELAY_SCORE_STEP, stateKey } from "../../src/queues/bullLayout.js";
import { createWholeWorkflow } from "../../src/store/creation.js";
import { openTestWms } from "../lifecycle/openTestWms.js";
import { makeWholeWorkflow } from "../store/wholeWorkflow.js";

const THIRTY_DAYS_MS = 30 * 86_400_000;

test("reconcile brings forward the jobs that a wrong clock delayed, and no others", async () => {
  const { wms, redis } = await openTestWms(4);
  const whole = makeWholeWorkflow(3);
  const stored = whole.taskforces.map((taskforce) => ({ ...taskforce, phase: "pending-starter" as const }));
  await createWholeWorkflow(wms.store, { ...whole, taskforces: stored }, 0);
  const { starter } = wms.queues.forSchedd("ap");
  const [wrong, right, waiting] = stored.map(({ taskforce_uuid }) => taskforce_uuid) as [
    TaskforceUuid,
    TaskforceUuid,
    TaskforceUuid,
  ];
  for (const id of [wrong, right]) await starter.add([{ id, rank: 1 }]);
  while ((await starter.lease()) !== undefined);
  const explainedMs = handOutBackoffMs(wms, "starter", 1);
  await starter.requeueLater(wrong, 1, THIRTY_DAYS_MS);
  await starter.requeueLater(right, 1, explainedMs);
  await starter.add([{ id: waiting, rank: 1 }]);
  const dueMs = async (id: string) =>
    Math.floor(Number(await redis.zscore(stateKey(starter.queue, "delayed"), id)) / DELAY_SCORE_STEP);
  const before = { wrong: await dueMs(wrong), right: await dueMs(right) };
  expect(before.wrong - epochMs()).toBeGreaterThan(THIRTY_DAYS_MS - 60_000);
  expect(Math.abs(before.right - epochMs() - explainedMs)).toBeLessThan(60_000);

  await reconcile(wms);
  expect(Math.abs((await dueMs(wrong)) - epochMs() - explainedMs)).toBeLessThan(60_000);
  expect(await dueMs(right)).toBe(before.right);
  expect(await starter.lease()).toBe(waiting);
});
