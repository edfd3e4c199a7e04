import { afterAll, beforeAll, expect, it } from "vitest";
import { type DashboardFixture, operatorHeaders, startDashboardFixture } from "../api/dashboard/dashboardFixture.js";
import { makeTaskRequestAt } from "../scenarios/serviceScenario.js";
import { waitForValue } from "../setup/waitFor.js";
import { Receiver, status } from "./receiver.js";

const QUEUE = "webhook-deliveries";
const SECRET = "the-secret-of-this-webhook";

let fixture: DashboardFixture;
let receiver: Receiver;
beforeAll(async () => {
  fixture = await startDashboardFixture({ WEBHOOK_ALLOW_PRIVATE: "true" });
  receiver = await Receiver.start(status(404));
});
afterAll(async () => {
  await receiver.stop();
  await fixture.close();
});

const ask = (method: string, path: string) =>
  fetch(`${fixture.scenario.url}/admin/queues/api/${path}`, { method, headers: operatorHeaders(fixture.scenario.url) });
const readBoard = async () => (await ask("GET", `queues?activeQueue=${QUEUE}&status=failed&page=1`)).text();

it("the dashboard shows the dead letter of a delivery without secrets, and retries it", async () => {
  const { scenario } = fixture;
  const hook = { url: `${receiver.url}/secretpath`, events: ["deactivated"], secret: SECRET };
  const { body } = await scenario.request<{ webhook_id: string }>("POST", "/v1/webhooks", hook);
  const { workflow } = await scenario.submitWorkflow([makeTaskRequestAt([scenario.nextAccessPoint().location])]);
  await scenario.deactivate(workflow.workflow_id, "abort");
  const text = await waitForValue("the dead letter is shown", readBoard, (shown) => shown.includes(body.webhook_id));
  expect(text).toContain("the receiver answered HTTP 404");
  expect(text).toContain(workflow.workflow_id);
  expect(text).not.toContain(SECRET);
  expect(text).not.toContain("secretpath");
  expect(fixture.logLines.join()).not.toContain(SECRET);
  expect(fixture.logLines.join()).not.toContain("secretpath");

  const delivery = receiver.calls[0]?.body.delivery_id;
  expect((await ask("PUT", `queues/${QUEUE}/${delivery}/retry`)).status).toBeLessThan(400);
  const calls = await receiver.waitForCalls(2);
  expect(calls[1]?.body).toEqual(calls[0]?.body);
});
