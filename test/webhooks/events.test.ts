import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { createSimulatedTms, type SimulatedTms } from "../../scripts/tms/simulatedTms.js";
import { type ApiFixture, type ScheddLocation, startApiFixture } from "../api/apiFixture.js";
import { waitForValue } from "../setup/waitFor.js";
import { type ReceivedCall, Receiver } from "./receiver.js";

let fixture: ApiFixture;
beforeAll(async () => {
  fixture = await startApiFixture({
    WEBHOOK_ALLOW_PRIVATE: "true",
    WEBHOOK_RETRY_WAIT: "0.05",
    TMS_ACTION_RETRIES: "0",
    TMS_RETRY_WAIT: "0",
  });
});
afterAll(() => fixture.close());

const ALL_EVENTS = ["needs-attention", "completed", "deactivated", "dead-letter"];

/** Registers a webhook for a label that only one test uses. */
async function register(receiver: Receiver, label: string, more: object = {}) {
  const body = { url: receiver.url, events: ALL_EVENTS, scope: { label: `test=${label}` }, ...more };
  const response = await fixture.client.post("/v1/webhooks", body);
  expect(response.status).toBe(200);
  onTestFinished(async () => void (await fixture.client.request("DELETE", `/v1/webhooks/${response.body.webhook_id}`)));
  return response.body as { webhook_id: string; secret: string };
}

async function startReceiver(): Promise<Receiver> {
  const receiver = await Receiver.start();
  onTestFinished(() => receiver.stop());
  return receiver;
}

async function createLabelled(place: ScheddLocation, label: string): Promise<string> {
  const { workflow } = await fixture.createWorkflow(place);
  const path = `/v1/workflows/${workflow.workflow_id}/annotations`;
  const body = { name: "Cascades", labels: { test: label } };
  expect((await fixture.client.request("PUT", path, { body })).status).toBe(200);
  return workflow.workflow_id;
}

const tmsAt = ({ schedd }: ScheddLocation): SimulatedTms => createSimulatedTms({ url: fixture.service.url, schedd });
const leaseToStart = (tms: SimulatedTms) =>
  waitForValue(
    "a taskforce is handed out",
    () => tms.leaseStarter(),
    (handOut) => handOut !== undefined,
  );

const eventsOf = (calls: readonly ReceivedCall[]): string[] => calls.map(({ body }) => body.event).sort();

describe("a webhook for a label", () => {
  it("is called with a signed body when a workflow is aborted", async () => {
    const [receiver, place] = [await startReceiver(), fixture.nextLocation()];
    const { webhook_id, secret } = await register(receiver, "aborted");
    const workflow_id = await createLabelled(place, "aborted");
    await fixture.client.post(`/v1/workflows/${workflow_id}/actions/abort`);
    const [call] = await receiver.waitForCalls(1);
    expect(call?.body).toMatchObject({
      event: "deactivated",
      webhook_id,
      workflow: { workflow_id, name: "Cascades", labels: { test: "aborted" }, owner: "anonymous" },
      sentence: "the workflow was aborted",
    });
    const { headers, text = "" } = call ?? {};
    const signed = `${headers?.["ewms-timestamp"]}.${text}`;
    expect(headers?.["ewms-signature"]).toBe(`v1=${createHmac("sha256", secret).update(signed).digest("hex")}`);
    expect(headers?.["ewms-event"]).toBe("deactivated");
    expect(headers?.["ewms-delivery"]).toBe(call?.body.delivery_id);
    expect(Math.abs(Number(headers?.["ewms-timestamp"]) - Date.now() / 1000)).toBeLessThan(60);
  });

  it("is called once when all taskforces completed, and not again when the workflow is finished", async () => {
    const [receiver, place] = [await startReceiver(), fixture.nextLocation()];
    await register(receiver, "completed");
    const workflow_id = await createLabelled(place, "completed");
    const tms = tmsAt(place);
    const handOut = await leaseToStart(tms);
    await tms.submit(handOut);
    await tms.complete(handOut.taskforce);
    const [completed] = await receiver.waitForCalls(1);
    expect(completed?.body).toMatchObject({
      event: "completed",
      workflow: { workflow_id },
      sentence: "the only taskforce completed; finish the workflow",
    });
    await fixture.client.post(`/v1/workflows/${workflow_id}/actions/finished`);
    const calls = await receiver.waitForCalls(2);
    expect(eventsOf(calls)).toEqual(["completed", "deactivated"]);
    expect(calls[1]?.body.sentence).toBe("the workflow was finished");
  });

  it("is called for a dead letter, and for the attention that it needs", async () => {
    const [receiver, place] = [await startReceiver(), fixture.nextLocation()];
    await register(receiver, "dead");
    const workflow_id = await createLabelled(place, "dead");
    const tms = tmsAt(place);
    const handOut = await leaseToStart(tms);
    await tms.submitFailed(handOut, "no disk left; token=abcdef123456");
    const calls = await receiver.waitForCalls(2);
    expect(eventsOf(calls)).toEqual(["dead-letter", "needs-attention"]);
    const letter = calls.find(({ body }) => body.event === "dead-letter")?.body;
    const { taskforce_uuid } = handOut.taskforce;
    expect(letter?.dead_letters).toEqual([
      { taskforce_uuid, schedd: place.schedd, error: "ERROR: no disk left; token=[hidden]" },
    ]);
    expect(letter?.sentence).toContain(taskforce_uuid);
    expect(calls.find(({ body }) => body.event === "needs-attention")?.body.sentence).toContain("no disk left");
    expect(calls.map(({ text }) => text).join()).not.toContain("abcdef123456");
    await fixture.client.request("POST", `/v1/workflows/${workflow_id}/actions/abort`);
    expect(eventsOf(await receiver.waitForCalls(3))).toEqual(["deactivated", "dead-letter", "needs-attention"]);
  });

  it("is not called for workflows with other labels, nor for events that it does not name", async () => {
    const [receiver, other, place] = [await startReceiver(), await startReceiver(), fixture.nextLocation()];
    await register(receiver, "wanted");
    await register(other, "wanted", { events: ["completed"] });
    const [unwanted, wanted] = [await createLabelled(place, "unwanted"), await createLabelled(place, "wanted")];
    for (const id of [unwanted, wanted]) await fixture.client.post(`/v1/workflows/${id}/actions/abort`);
    const [call] = await receiver.waitForCalls(1);
    expect(call?.body.workflow?.workflow_id).toBe(wanted);
    // The ping comes after what was raised before.
    for (const each of [receiver, other]) {
      const listed = (await fixture.client.get("/v1/webhooks")).body.webhooks;
      const { webhook_id } = listed.find(({ url }: { url: string }) => url === each.url);
      await fixture.client.post(`/v1/webhooks/${webhook_id}/actions/test`);
    }
    expect(eventsOf(await other.waitForCalls(1))).toEqual(["ping"]);
    expect(eventsOf(await receiver.waitForCalls(2))).toEqual(["deactivated", "ping"]);
  });

  it("is not called for what happened before its registration", async () => {
    const [early, late, place] = [await startReceiver(), await startReceiver(), fixture.nextLocation()];
    await register(early, "earlier");
    const workflow_id = await createLabelled(place, "earlier");
    const tms = tmsAt(place);
    const handOut = await leaseToStart(tms);
    await tms.submit(handOut);
    await fixture.client.post(`/v1/workflows/${workflow_id}/actions/abort`);
    await early.waitForCalls(1);
    await register(late, "earlier");
    const stopping = await waitForValue(
      "to stop",
      () => tms.leaseStopper(),
      (taskforce) => taskforce !== undefined,
    );
    await tms.remove({ ...handOut.taskforce, ...stopping } as never);
    await waitForValue(
      "the summary covers the removal",
      async () => (await fixture.client.get(`/v1/workflows/${workflow_id}/summary`)).body,
      ({ taskforces_by_phase }) => taskforces_by_phase["condor-rm"] === 1,
    );
    const next = await createLabelled(place, "earlier");
    await fixture.client.post(`/v1/workflows/${next}/actions/abort`);
    const [first] = await late.waitForCalls(1);
    expect(first?.body.workflow?.workflow_id).toBe(next);
    expect((await early.waitForCalls(2)).map(({ body }) => body.workflow?.workflow_id)).toEqual([workflow_id, next]);
  });
});

it("a webhook for the own workflows is called for them", async () => {
  const [receiver, place] = [await startReceiver(), fixture.nextLocation()];
  await register(receiver, "", { scope: { owner: "me" }, events: ["deactivated"] });
  const { workflow } = await fixture.createWorkflow(place);
  await fixture.client.post(`/v1/workflows/${workflow.workflow_id}/actions/abort`);
  const [call] = await receiver.waitForCalls(1);
  expect(call?.body.workflow?.workflow_id).toBe(workflow.workflow_id);
});
