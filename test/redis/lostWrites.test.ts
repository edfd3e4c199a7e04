import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { holdBack, processOf } from "../../scripts/failover/replication.js";
import type { Taskforce } from "../../src/domain/taskforce.js";
import type { Created } from "../api/requestBodies.js";
import { eventually, task } from "../scenarios/serviceScenario.js";
import { anotherMaster, type SentinelStory, startSentinelStory } from "./sentinelScenario.js";

let sentinels: SentinelStory["sentinels"];
let story: SentinelStory["story"];
let close: SentinelStory["close"] | undefined;

beforeAll(async () => {
  ({ sentinels, story, close } = await startSentinelStory());
});

afterAll(() => close?.());

test("what no replica had is gone after a failover, and takes effect when it is asked for again", async () => {
  const at = story.accessPoint();
  const { taskforce_uuid } = await story.pending(at);
  const handOut = await story.takes(at.tms);
  const create = async () => {
    const response = await fetch(`${story.url}/v1/workflows`, {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": "asked-for-once" },
      body: JSON.stringify({ tasks: [task([at.location])], public_queue_aliases: [] }),
    });
    expect(response.status).toBe(200);
    return (await response.json()) as Created;
  };

  const { port } = sentinels.master;
  const master = await processOf(port);
  const goOn = await holdBack(port, 1);
  onTestFinished(goOn);
  const { workflow: lost } = await create();
  const report = await at.tms.submit(handOut);
  expect((await story.taskforce(taskforce_uuid)).phase).toBe("condor-submit");
  process.kill(master, "SIGKILL");
  goOn();

  await anotherMaster(sentinels, port);
  const { body: taskforce } = await eventually(
    "requests are answered again",
    () => story.call<Taskforce>("GET", `/v1/taskforces/${taskforce_uuid}`),
    ({ status }) => status === 200,
  );
  expect(taskforce).toMatchObject({ phase: "pending-starter", cluster_id: null });
  expect(await story.call("GET", `/v1/workflows/${lost.workflow_id}`)).toMatchObject({ status: 404 });

  await at.tms.submit(handOut, report);
  expect(await story.taskforce(taskforce_uuid)).toMatchObject({
    phase: "condor-submit",
    cluster_id: report.cluster_id,
  });
  const { taskforces } = await create();
  expect((await story.takes(at.tms)).taskforce.taskforce_uuid).toBe(taskforces[0]?.taskforce_uuid);
});
