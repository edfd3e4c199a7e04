import { expect, onTestFinished, test } from "vitest";
import type { Taskforce } from "../../src/domain/taskforce.js";
import { startRedisProxy } from "../api/redisProxy.js";
import type { CreatedWorkflow } from "../api/requestBodies.js";
import { WITH_QUEUES_JSON } from "../processes/workflowRequestJson.js";
import { freshDatabase } from "../setup/database.js";
import { recordingLog } from "../setup/recordingLog.js";
import { startTestService, type TestService } from "../setup/testService.js";
import { waitForValue } from "../setup/waitFor.js";
import { EventClient } from "../views/events/eventClient.js";

/** Creates a workflow as soon as the service can, and waits until its queues are active and its taskforce is launched. */
async function createAndLaunch({ url }: TestService): Promise<Taskforce> {
  const headers = { "content-type": "application/json" };
  const response = await waitForValue(
    "a workflow is created",
    () => fetch(`${url}/v1/workflows`, { method: "POST", headers, body: WITH_QUEUES_JSON }),
    ({ status }) => status === 200,
  );
  const [created] = ((await response.json()) as CreatedWorkflow).taskforces;
  return waitForValue(
    "the taskforce is launched",
    async () => (await (await fetch(`${url}/v1/taskforces/${created?.taskforce_uuid}`)).json()) as Taskforce,
    ({ phase }) => phase === "pending-starter",
  );
}

test("connections that fall silent are replaced: those of requests, workers and events", async () => {
  const proxy = await startRedisProxy(await freshDatabase());
  onTestFinished(() => proxy.close());
  const { log, lines } = recordingLog();
  const service = await startTestService({ REDIS_URL: proxy.url }, log);
  onTestFinished(() => service.close());
  const events = await EventClient.open(`${service.url}/v1/events`);
  const launchesSeen = (uuid: string) =>
    events.events.filter(({ data }) => data.taskforce_uuid === uuid && data.phase === "pending-starter").length;
  const first = await createAndLaunch(service);
  await waitForValue(
    "the event",
    () => launchesSeen(first.taskforce_uuid),
    (seen) => seen === 1,
  );

  proxy.silence();
  const second = await createAndLaunch(service);
  await waitForValue(
    "the event after the silence",
    () => launchesSeen(second.taskforce_uuid),
    (seen) => seen === 1,
  );
  const lostClients = () =>
    new Set(
      lines
        .map((line) => JSON.parse(line))
        .filter(({ msg }) => msg === "the connection to Redis is lost")
        .map(({ redis }) => redis),
    );
  await waitForValue("all connections are replaced", lostClients, ({ size }) => size === 4);
  expect(lostClients()).toEqual(new Set(["requests", "bulk", "workers", "follower"]));
});
