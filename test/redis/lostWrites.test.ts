import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { holdBack, processOf } from "../../scripts/failover/replication.js";
import type { Taskforce } from "../../src/domain/taskforce.js";
import type { Created } from "../api/requests.js";
import { type Answer, eventually, task } from "../stories/story.js";
import { anotherMaster, type SentinelStory, startSentinelStory } from "./sentinelStory.js";

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
  const create = async (): Promise<Answer<Created>> => {
    const response = await fetch(`${story.url}/v1/workflows`, {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": "asked-for-once" },
      body: JSON.stringify({ tasks: [task([at.location])], public_queue_aliases: [] }),
    });
    const { status, statusText: reason } = response;
    return { status, reason, body: (await response.json()) as Created };
  };

  const { port } = sentinels.master;
  const master = await processOf(port);
  const goOn = await holdBack(port, 1);
  onTestFinished(goOn);
  const { workflow: lost } = (await create()).body;
  const report = await at.tms.submit(handOut);
  expect((await story.taskforce(taskforce_uuid)).phase).toBe("condor-submit");
  process.kill(master, "SIGKILL");
  goOn();

  await anotherMaster(sentinels, port);
  const answered = <T>(what: string, ask: () => Promise<Answer<T>>) =>
    eventually(what, ask, ({ status }) => status !== 503);
  const read = () =>
    answered("the taskforce", () => story.call<Taskforce>("GET", `/v1/taskforces/${taskforce_uuid}`));
  expect((await read()).body).toMatchObject({ phase: "pending-starter", cluster_id: null });
  const missing = await answered("the lost workflow", () =>
    story.call("GET", `/v1/workflows/${lost.workflow_id}`),
  );
  expect(missing.status).toBe(404);

  const path = `/v1/tms/condor-submit/taskforces/${taskforce_uuid}`;
  const taken = await answered("the report once more", () => story.call("POST", path, report));
  expect(taken.status).toBe(200);
  expect((await read()).body).toMatchObject({ phase: "condor-submit", cluster_id: report.cluster_id });
  const { status, body } = await answered("the request once more", create);
  expect(status).toBe(200);
  const next = await eventually(
    "its taskforce",
    () => at.tms.takeStarter().catch(() => undefined),
    (found) => found !== undefined,
  );
  expect(next.taskforce.taskforce_uuid).toBe(body.taskforces[0]?.taskforce_uuid);
});
