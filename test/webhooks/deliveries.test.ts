import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { Queues } from "../../src/queues/queues.js";
import { type ApiFixture, startApiFixture } from "../api/apiFixture.js";
import { openRedis } from "../setup/testRedis.js";
import { startTestService } from "../setup/testService.js";
import { waitForValue } from "../setup/waitFor.js";
import { Receiver, status } from "./receiver.js";

const SETTINGS = { WEBHOOK_ALLOW_PRIVATE: "true", WEBHOOK_RETRY_WAIT: "0.02" };

let fixture: ApiFixture;
beforeAll(async () => {
  fixture = await startApiFixture(SETTINGS);
});
afterAll(() => fixture.close());

async function startReceiver(...answers: Parameters<typeof Receiver.start>): Promise<Receiver> {
  const receiver = await Receiver.start(...answers);
  onTestFinished(() => receiver.stop());
  return receiver;
}

/** Registers a webhook for a label of its own. */
async function register(url: string, label: string): Promise<string> {
  const body = { url, events: ["deactivated"], scope: { label: `test=${label}` } };
  const response = await fixture.client.post("/v1/webhooks", body);
  expect(response.status).toBe(200);
  const { webhook_id } = response.body;
  onTestFinished(async () => void (await fixture.client.request("DELETE", `/v1/webhooks/${webhook_id}`)));
  return webhook_id;
}

/** Aborts a new workflow with a label. */
async function abortLabelled(label: string): Promise<string> {
  const { workflow } = await fixture.createWorkflow(fixture.nextLocation());
  const { workflow_id } = workflow;
  await fixture.client.request("PUT", `/v1/workflows/${workflow_id}/annotations`, {
    body: { labels: { test: label } },
  });
  await fixture.client.post(`/v1/workflows/${workflow_id}/actions/abort`);
  return workflow_id;
}

interface ShownDelivery {
  event: string;
  attempt: number;
  status: number | null;
  error: string | null;
  is_final: boolean;
}

/** Waits for the final outcome of a webhook's only event. @returns all outcomes, the oldest first */
async function finalOutcomes(webhookId: string): Promise<ShownDelivery[]> {
  const { deliveries } = await waitForValue(
    "the delivery ended",
    async () => (await fixture.client.get<{ deliveries: ShownDelivery[] }>(`/v1/webhooks/${webhookId}`)).body,
    (shown) => shown.deliveries[0]?.is_final === true,
  );
  return deliveries.toReversed();
}

async function deadLetters(): Promise<{ id: string; reason: string; text: string }[]> {
  const redis = openRedis(fixture.service.redisUrl, { maxRetriesPerRequest: null });
  const queues = new Queues({ redis, leaseSeconds: 1, schedds: [] });
  try {
    const jobs = await queues.webhooks.queue.getFailed();
    return jobs.map((job) => ({ id: job.data.id, reason: job.failedReason, text: JSON.stringify(job) }));
  } finally {
    await queues.close();
    redis.disconnect();
  }
}

describe("a delivery", () => {
  it("is repeated after a 500 and a 429, with the same id, until the receiver accepts it", async () => {
    const receiver = await startReceiver(status(500), status(429));
    const id = await register(receiver.url, "again");
    await abortLabelled("again");
    const calls = await receiver.waitForCalls(3);
    expect(new Set(calls.map(({ headers }) => headers["ewms-delivery"])).size).toBe(1);
    expect(await finalOutcomes(id)).toMatchObject([
      { event: "deactivated", attempt: 1, status: 500, error: "the receiver answered HTTP 500", is_final: false },
      { attempt: 2, status: 429, is_final: false },
      { attempt: 3, status: 204, error: null, is_final: true },
    ]);
  });

  it.each([
    [404, "the receiver answered HTTP 404"],
    [410, "the receiver answered HTTP 410"],
    [302, "the receiver answered HTTP 302; redirects are not followed"],
  ])("is a dead letter after a %i, and the webhook stays", async (code, error) => {
    const elsewhere = await startReceiver();
    const receiver = await startReceiver(status(code, { location: elsewhere.url }));
    const id = await register(receiver.url, `refused-${code}`);
    await abortLabelled(`refused-${code}`);
    expect(await finalOutcomes(id)).toMatchObject([{ attempt: 1, status: code, error, is_final: true }]);
    const letters = await waitForValue("a dead letter", deadLetters, (all) => all.some((each) => each.id === id));
    expect(letters.find((each) => each.id === id)?.reason).toContain(error);
    expect(receiver.calls).toHaveLength(1);
    expect(elsewhere.calls).toHaveLength(0);
  });

  it("is tried eight times when the receiver is gone; then it is a dead letter", async () => {
    const receiver = await startReceiver();
    const id = await register(`${receiver.url}?key=verysecretpath`, "gone");
    await receiver.stop();
    await abortLabelled("gone");
    const outcomes = await finalOutcomes(id);
    expect(outcomes.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(outcomes.at(-1)).toMatchObject({ status: null, error: "the connection failed: ECONNREFUSED" });
    const letters = await waitForValue("a dead letter", deadLetters, (all) => all.some((each) => each.id === id));
    expect(letters.find((each) => each.id === id)?.text).not.toContain("verysecretpath");
  });

  it("is repeated when the receiver breaks the connection", async () => {
    const receiver = await startReceiver((response) => response.destroy());
    const id = await register(receiver.url, "broken");
    await abortLabelled("broken");
    expect(await finalOutcomes(id)).toMatchObject([
      { attempt: 1, status: null, error: "the connection failed: ECONNRESET" },
      { attempt: 2, status: 204 },
    ]);
  });

  it("does not wait for the body of the response", async () => {
    const receiver = await startReceiver((response) => void response.writeHead(200).write("x"));
    const id = await register(receiver.url, "endless");
    await abortLabelled("endless");
    expect(await finalOutcomes(id)).toMatchObject([{ attempt: 1, status: 200, is_final: true }]);
  });

  it("ends when the webhook is removed", async () => {
    const receiver = await startReceiver(status(500));
    const id = await register(receiver.url, "removed");
    await abortLabelled("removed");
    await receiver.waitForCalls(1);
    expect((await fixture.client.request("DELETE", `/v1/webhooks/${id}`)).status).toBe(200);
    const redis = openRedis(fixture.service.redisUrl, { maxRetriesPerRequest: null });
    onTestFinished(() => redis.disconnect());
    const queues = new Queues({ redis, leaseSeconds: 1, schedds: [] });
    onTestFinished(() => queues.close());
    await waitForValue(
      "no delivery waits",
      () => queues.webhooks.queue.getJobCountByTypes("wait", "active", "delayed"),
      (count) => count === 0,
    );
    expect(await redis.exists(`wms:{webhooks}:outcomes:${id}`)).toBe(0);
  });
});

it("a ping is one call; its failure is no dead letter", async () => {
  const receiver = await startReceiver(status(503));
  const id = await register(receiver.url, "ping");
  const { status: code, body } = await fixture.client.post(`/v1/webhooks/${id}/actions/test`);
  expect(code).toBe(200);
  const [call] = await receiver.waitForCalls(1);
  expect(call?.body).toMatchObject({ event: "ping", delivery_id: body.delivery_id, workflow: null, sentence: null });
  expect(await finalOutcomes(id)).toMatchObject([{ event: "ping", attempt: 1, status: 503, is_final: true }]);
  expect((await deadLetters()).filter((each) => each.id === id)).toEqual([]);
});

it("the last twenty outcomes are kept", async () => {
  const receiver = await startReceiver();
  const id = await register(receiver.url, "many");
  for (let n = 1; n <= 22; n++) {
    await fixture.client.post(`/v1/webhooks/${id}/actions/test`);
    await receiver.waitForCalls(n);
    const newest = receiver.calls[n - 1]?.body.delivery_id;
    const { deliveries } = await waitForValue(
      "the outcome is recorded",
      async () => (await fixture.client.get(`/v1/webhooks/${id}`)).body,
      (shown) => shown.deliveries[0]?.delivery_id === newest,
    );
    expect(deliveries).toHaveLength(Math.min(n, 20));
  }
});

it("a delivery continues after a restart of the worker", async () => {
  const first = await startTestService({ ...SETTINGS, WEBHOOK_RETRY_WAIT: "1" });
  const receiver = await startReceiver(status(500));
  const { createConformanceClient } = await import("../api/conformanceClient.js");
  const { makeTaskRequest, makeWorkflowRequest } = await import("../api/requestBodies.js");
  const client = await createConformanceClient(first.url);
  const hook = await client.post("/v1/webhooks", { url: receiver.url, events: ["deactivated"] });
  const { body } = await client.post("/v1/workflows", makeWorkflowRequest([makeTaskRequest("osg")]));
  await client.post(`/v1/workflows/${body.workflow.workflow_id}/actions/abort`);
  await receiver.waitForCalls(1);
  await waitForValue(
    "the first outcome is recorded",
    async () => (await client.get(`/v1/webhooks/${hook.body.webhook_id}`)).body.deliveries,
    (deliveries) => deliveries.length === 1,
  );
  await first.close();
  const second = await startTestService({ ...SETTINGS, REDIS_URL: first.redisUrl });
  onTestFinished(() => second.close());
  const calls = await receiver.waitForCalls(2);
  expect(calls[1]?.body).toEqual(calls[0]?.body);
});
