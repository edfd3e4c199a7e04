import { afterAll, beforeAll, expect, test } from "vitest";
import { processOf } from "../../scripts/failover/replication.js";
import { type AccessPoint, eventually } from "../scenarios/serviceScenario.js";
import { anotherMaster, type SentinelStory, startSentinelStory } from "./sentinelScenario.js";

let sentinels: SentinelStory["sentinels"];
let story: SentinelStory["story"];
let close: SentinelStory["close"] | undefined;
let at: AccessPoint;

beforeAll(async () => {
  ({ sentinels, story, close } = await startSentinelStory());
  at = story.accessPoint();
});

afterAll(() => close?.());

test("a replica takes over from a master that died, and the service goes on with it", async () => {
  const running = await story.running(at);
  const waiting = await story.pending(at);

  const { port } = sentinels.master;
  process.kill(await processOf(port), "SIGKILL");
  await anotherMaster(sentinels, port);
  await eventually(
    "requests are answered again",
    () => story.call("GET", `/v1/taskforces/${running.uuid}`).catch(() => ({ status: 0 })),
    ({ status }) => status === 200,
  );
  const handOut = await story.takes(at.tms);
  expect(handOut.taskforce.taskforce_uuid).toBe(waiting.taskforce_uuid);
  await at.tms.submit(handOut);
  await story.deactivate(running.workflowId, "abort");
  const stopping = await story.takesToStop(at.tms);
  expect(stopping.taskforce_uuid).toBe(running.uuid);
  await at.tms.remove(stopping);
  await at.tms.complete(stopping);
  await story.running(at);
});
