import { once } from "node:events";
import { request } from "node:http";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import type { RedisClient } from "../../src/redis/redisClient.js";
import { freshDatabase } from "../setup/database.js";
import { readDeliveryMarks, waitForMark } from "../setup/deliveryMarks.js";
import { openRedis } from "../setup/testRedis.js";
import { waitForValue, waitUntil } from "../setup/waitFor.js";
import { type ApiFixture, startApiFixture } from "./apiFixture.js";
import { type RedisProxy, startRedisProxy } from "./redisProxy.js";
import { makeTaskRequest, makeWorkflowRequest } from "./requestBodies.js";

let redis: RedisClient;
let proxy: RedisProxy;
let fixture: ApiFixture;
beforeAll(async () => {
  const url = await freshDatabase();
  redis = openRedis(url);
  proxy = await startRedisProxy(url);
  fixture = await startApiFixture({ REDIS_URL: proxy.url, TMS_RETRY_WAIT: "0" });
});
afterAll(async () => {
  await fixture.close();
  await proxy.close();
  redis.disconnect();
});

const REPLAYED = { headers: { "idempotency-replayed": "true" } };

const readMarks = () => readDeliveryMarks(redis);

/** Sends a request whose connection ends after it has taken effect, and before its response. */
async function loseResponse(path: string, body: string | undefined): Promise<void> {
  const responses = proxy.holdResponses();
  const lost = request(fixture.service.url + path, { method: "POST", agent: false });
  lost.on("error", () => undefined);
  lost.end(body);
  await once(lost, "finish");
  await waitForMark(responses, redis);
  lost.destroy();
  await waitForValue("its response is lost", readMarks, ([mark = ""]) => mark.startsWith("lost "));
  await proxy.restore();
}

const countOf = async (kind: string, query: object): Promise<number> => {
  const { status, body } = await fixture.client.post(`/v1/query/${kind}`, { query });
  expect(status).toBe(200);
  return body[kind.replace("-", "_")].length;
};

const post = (path: string, body: string | undefined) => fixture.client.request("POST", path, { body });

test.each([
  ["without queues", []],
  ["with queues", ["results"]],
])("a workflow %s whose response was lost is not created again", async (_kind, output_queue_aliases) => {
  const { location } = fixture.nextLocation();
  const image = `lost ${_kind}`;
  const task = makeTaskRequest(location, { task_image: image, n_workers: 3, output_queue_aliases });
  const body = JSON.stringify(makeWorkflowRequest([task]));
  await loseResponse("/v1/workflows", body);
  // Another request is another workflow.
  const others = JSON.stringify(makeWorkflowRequest([{ ...task, task_args: "other" }]));
  const other = await post("/v1/workflows", others);
  expect(other.headers).not.toHaveProperty("idempotency-replayed");

  const again = await post("/v1/workflows", body);
  expect(again).toMatchObject({ status: 200, ...REPLAYED });
  expect(again.body.taskforces).toMatchObject([{ n_workers: 3, schedd: expect.any(String) }]);
  expect(await countOf("task-directives", { task_image: image })).toBe(2);

  // Its response has arrived now, so an equal request is a new one.
  const third = await post("/v1/workflows", body);
  expect(third.headers).not.toHaveProperty("idempotency-replayed");
  expect(third.body.workflow.workflow_id).not.toBe(again.body.workflow.workflow_id);
  await waitUntil("no response is outstanding", async () => (await readMarks()).length === 0);
});

test("workers whose response was lost are not added again", async () => {
  const { location } = fixture.nextLocation();
  const { task_directives } = (
    await post("/v1/workflows", JSON.stringify(makeWorkflowRequest([makeTaskRequest(location)])))
  ).body;
  const { task_id } = task_directives[0];
  const path = `/v1/task-directives/${task_id}/actions/add-workers`;
  const body = JSON.stringify({ cluster_location: location, n_workers: 5 });
  await loseResponse(path, body);
  expect(await post(path, body)).toMatchObject({ status: 200, ...REPLAYED, body: { n_workers: 5 } });
  expect(await countOf("taskforces", { task_id })).toBe(2);
});

test.each([
  ["abort", "ABORTED"],
  ["finished", "FINISHED"],
])("a repeated %s whose response was lost succeeds", async (action, deactivated) => {
  const { workflow_id } = await fixture.createPendingTaskforce();
  const path = `/v1/workflows/${workflow_id}/actions/${action}`;
  await loseResponse(path, undefined);
  expect(await post(path, undefined)).toMatchObject({
    status: 200,
    ...REPLAYED,
    body: { workflow_id, n_taskforces: 1 },
  });
  expect((await fixture.client.get(`/v1/workflows/${workflow_id}`)).body).toMatchObject({ deactivated });
  expect(await post(path, undefined)).toMatchObject({ status: 404 });
});

/** Leases the next taskforce of a schedd. */
const poll = async (schedd: string, queue = "starter") =>
  (await fixture.client.get(`/v1/tms/pending-${queue}/taskforces?schedd=${schedd}`)).body;

/** Waits until a taskforce can be leased again. */
const pollAgain = (schedd: string, queue?: string) =>
  waitForValue(
    "it is handed out again",
    () => poll(schedd, queue),
    (body) => Object.keys(body).length > 0,
  );

test("the repeated report of a failure whose response was lost does not end the next lease", async () => {
  const place = fixture.nextLocation();
  const { taskforce_uuid: uuid } = await fixture.createPendingTaskforce(place);
  const path = `/v1/tms/condor-submit/taskforces/${uuid}/failed`;
  const body = JSON.stringify({ error: "no connection" });
  await poll(place.schedd);
  await loseResponse(path, body);
  expect(await pollAgain(place.schedd)).toMatchObject({ taskforce: { taskforce_uuid: uuid } });
  expect(await post(path, body)).toMatchObject({ status: 200, ...REPLAYED });
  expect(await poll(place.schedd)).toEqual({});

  // The next one is a failure under the second lease, with the same error.
  expect((await post(path, body)).headers).not.toHaveProperty("idempotency-replayed");
  expect(await pollAgain(place.schedd)).toMatchObject({ taskforce: { taskforce_uuid: uuid } });
  const { phase_change_log } = await fixture.readTaskforce(uuid);
  expect(phase_change_log.filter(({ was_successful }) => !was_successful)).toHaveLength(2);
});

test("nor does that of a failed removal", async () => {
  const place = fixture.nextLocation();
  const { taskforce_uuid: uuid } = await fixture.createTaskforceInPhase("pending-stopper", place);
  const path = `/v1/tms/condor-rm/taskforces/${uuid}/failed`;
  await poll(place.schedd, "stopper");
  await loseResponse(path, undefined);
  await pollAgain(place.schedd, "stopper");
  expect(await post(path, undefined)).toMatchObject({ status: 200, ...REPLAYED });
  expect(await poll(place.schedd, "stopper")).toEqual({});
});

test("the response of a request that got a 503 and took effect nevertheless is sent again", async () => {
  const { workflow_id } = await fixture.createPendingTaskforce();
  const path = `/v1/workflows/${workflow_id}/actions/abort`;
  proxy.dropResponses();
  onTestFinished(() => proxy.restore());
  expect(await post(path, undefined)).toMatchObject({ status: 503 });
  await proxy.restore();
  const again = await waitForValue(
    "the service is connected again",
    () => post(path, undefined),
    ({ status }) => status !== 503,
  );
  expect(again).toMatchObject({ status: 200, ...REPLAYED, body: { n_taskforces: 1 } });
  await waitUntil("no response is outstanding", async () => (await readMarks()).length === 0);
});
