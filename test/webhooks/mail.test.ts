import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { readConfig } from "../../src/config/config.js";
import { type ApiFixture, startApiFixture } from "../api/apiFixture.js";
import { recordingLog } from "../setup/recordingLog.js";
import { startTestService } from "../setup/testService.js";
import { waitForValue } from "../setup/waitFor.js";
import { MailServer } from "./mailServer.js";

let server: MailServer;
let fixture: ApiFixture;
beforeAll(async () => {
  server = await MailServer.start();
  fixture = await startApiFixture({
    SMTP_URL: server.url,
    SMTP_FROM: "EWMS <ewms@icecube.example>",
    MAIL_DOMAINS: "icecube.example, Partner.example",
    PUBLIC_URL: "https://ewms.example/wms",
    WEBHOOK_RETRY_WAIT: "0.02",
  });
});
afterAll(async () => {
  await fixture.close();
  await server.stop();
});

async function register(url: string, label: string): Promise<string> {
  const body = { url, events: ["deactivated"], scope: { label: `test=${label}` } };
  const { status, reason, body: created } = await fixture.client.post("/v1/webhooks", body);
  if (status !== 200) throw new Error(reason);
  onTestFinished(async () => void (await fixture.client.request("DELETE", `/v1/webhooks/${created.webhook_id}`)));
  return created.webhook_id;
}

/** Finishes a new workflow with a name and a label. */
async function finishLabelled(label: string): Promise<string> {
  const { workflow } = await fixture.createWorkflow(fixture.nextLocation());
  await fixture.client.request("PUT", `/v1/workflows/${workflow.workflow_id}/annotations`, {
    body: { name: "Größe der Kaskaden", labels: { test: label } },
  });
  await fixture.client.post(`/v1/workflows/${workflow.workflow_id}/actions/finished`);
  return workflow.workflow_id;
}

/** Waits until a webhook's only delivery has ended. @returns the outcomes of its attempts, the oldest first */
async function outcomesOf(webhookId: string): Promise<{ status: number | null; error: string | null }[]> {
  const { deliveries } = await waitForValue(
    "the delivery ended",
    async () => (await fixture.client.get(`/v1/webhooks/${webhookId}`)).body,
    (shown) => shown.deliveries[0]?.is_final === true,
  );
  return deliveries.toReversed().map(({ status, error }: { status: number; error: string }) => ({ status, error }));
}

test("a message says what happened to which workflow, where to look and how to end it", async () => {
  const webhook = await register("mailto:ada@icecube.example", "plain");
  const workflow = await finishLabelled("plain");
  expect(await outcomesOf(webhook)).toEqual([{ status: 250, error: null }]);
  const [mail] = server.received.splice(0);
  expect(mail).toMatchObject({ from: "ewms@icecube.example", to: ["ada@icecube.example"] });
  // The subject has characters beyond ASCII, which a header encodes.
  expect(mail?.text).toMatch(/^Subject: =\?UTF-8\?/m);
  expect(mail?.text).toMatch(/^Auto-Submitted: auto-generated/m);
  const [, encoding = "", encoded = ""] =
    /Content-Transfer-Encoding: (\S+)[\s\S]*?\r\n\r\n([\s\S]*)/.exec(mail?.text ?? "") ?? [];
  const body = encoding === "base64" ? Buffer.from(encoded, "base64").toString() : encoded.replace(/=\r\n/g, "");
  for (const part of [
    "the workflow was finished",
    workflow,
    "test",
    `/wms/workflows/${workflow}`,
    `ewms webhooks remove ${webhook}`,
  ])
    expect(body).toContain(part);
});

test("a temporary refusal is repeated, a final one is not", async () => {
  server.answers = [{ status: 451, text: "try later" }];
  const patient = await register("mailto:ben@partner.example", "later");
  await finishLabelled("later");
  expect(await outcomesOf(patient)).toEqual([
    { status: 451, error: "the mail server did not accept the message: EENVELOPE, SMTP 451" },
    { status: 250, error: null },
  ]);
  server.answers = [{ status: 550, text: "no such person" }];
  const unknown = await register("mailto:nemo@icecube.example", "unknown");
  await finishLabelled("unknown");
  expect(await outcomesOf(unknown)).toEqual([
    { status: 550, error: "the mail server did not accept the message: EENVELOPE, SMTP 550" },
  ]);
  expect(server.received.splice(0).map(({ to }) => to)).toEqual([["ben@partner.example"]]);
});

test("a test sends a message at once", async () => {
  const webhook = await register("mailto:ada@icecube.example", "ping");
  await fixture.client.post(`/v1/webhooks/${webhook}/actions/test`);
  expect(await outcomesOf(webhook)).toEqual([{ status: 250, error: null }]);
  expect(server.received.splice(0)[0]?.text).toContain("This is a test.");
});

test.each([
  ["mailto:ada@elsewhere.example", "e-mail goes to these domains only: icecube.example, partner.example"],
  ["mailto:ada@sub.icecube.example", "e-mail goes to these domains only: icecube.example, partner.example"],
  ["mailto:", "is not mailto: and one e-mail address"],
  ["mailto:ada", "is not mailto: and one e-mail address"],
  ["mailto:ada@icecube.example,ben@icecube.example", "is not mailto: and one e-mail address"],
  ["mailto:ada@icecube.example?bcc=ben@elsewhere.example", "is not mailto: and one e-mail address"],
  ["mailto:ada%0d%0a@icecube.example", "is not mailto: and one e-mail address"],
  ['mailto:"ada"@icecube.example', "is not mailto: and one e-mail address"],
])("%s is refused", async (url, reason) => {
  const response = await fixture.client.post("/v1/webhooks", { url, events: ["completed"] });
  expect([response.status, response.reason]).toEqual([400, `url: ${reason}`]);
});

test("without a mail server no e-mail is registered", async () => {
  const other = await startTestService({});
  try {
    const response = await fetch(`${other.url}/v1/webhooks`, {
      method: "POST",
      body: JSON.stringify({ url: "mailto:ada@icecube.example", events: ["completed"] }),
    });
    expect([response.status, await response.json()]).toEqual([
      400,
      expect.objectContaining({ error: "url: this service sends no e-mail" }),
    ]);
  } finally {
    await other.close();
  }
});

test("a wrong password is repeated and never logged", async () => {
  const { log, lines } = recordingLog();
  const wrong = server.url.replace(MailServer.password, "another-password");
  const settings = { SMTP_URL: wrong, SMTP_FROM: "a@b.example", MAIL_DOMAINS: "b.example", WEBHOOK_RETRY_WAIT: "0.02" };
  const service = await startTestService(settings, log);
  try {
    const send = async (path: string, body?: object) =>
      (await fetch(service.url + path, body && { method: "POST", body: JSON.stringify(body) })).json() as Promise<{
        webhook_id: string;
        deliveries: { error: string }[];
      }>;
    const { webhook_id } = await send("/v1/webhooks", { url: "mailto:ada@b.example", events: ["completed"] });
    await send(`/v1/webhooks/${webhook_id}/actions/test`, {});
    const { deliveries } = await waitForValue(
      "an attempt",
      () => send(`/v1/webhooks/${webhook_id}`),
      (shown) => shown.deliveries.length > 0,
    );
    expect(deliveries[0]?.error).toBe("the mail server did not accept the message: EAUTH, SMTP 535");
    expect(JSON.stringify(lines)).not.toContain("another-password");
  } finally {
    await service.close();
  }
});

test.each([
  [{ SMTP_URL: "http://mail.example" }, "SMTP_URL: is not an smtp(s) address"],
  [{ SMTP_URL: "smtp://mail.example" }, "SMTP_FROM: is required with SMTP_URL"],
  [{ SMTP_URL: "smtp://mail.example", SMTP_FROM: "a@b.example" }, "MAIL_DOMAINS: is required with SMTP_URL"],
])("the settings %j are rejected", (settings, message) => {
  expect(() => readConfig({ AUTH_DISABLED: "true", ...settings })).toThrow(message);
});
