import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type ApiFixture, startApiFixture } from "../api/apiFixture.js";
import { IdentityProvider } from "../auth/identityProvider.js";
import { recordingLog } from "../setup/recordingLog.js";
import { openRedis } from "../setup/testRedis.js";
import { startTestService } from "../setup/testService.js";

const CALLERS = { ada: "user", bob: "user", eve: "user", olga: "operator", vera: "viewer" } as const;
type CallerName = keyof typeof CALLERS;

let idp: IdentityProvider;
let fixture: ApiFixture;
const tokens = new Map<string, string>();

beforeAll(async () => {
  idp = await IdentityProvider.start();
  for (const [sub, ewms_role] of Object.entries(CALLERS)) tokens.set(sub, await idp.signToken({ sub, ewms_role }));
  fixture = await startApiFixture({ AUTH_OPENID_URL: idp.issuer, AUTH_AUDIENCE: "ewms-wms" }, tokens.get("ada"));
});
afterAll(async () => {
  await fixture.close();
  await idp.stop();
});

const ask = (caller: CallerName, method: string, path: string, body?: unknown) =>
  fixture.client.request(method, path, { body, headers: { authorization: `Bearer ${tokens.get(caller)}` } });
const URL_OF_HOOK = "https://hooks.example.org/services/T0/secretpath";

async function register(caller: CallerName, more: object = {}) {
  const response = await ask(caller, "POST", "/v1/webhooks", { url: URL_OF_HOOK, events: ["completed"], ...more });
  expect(response.status).toBe(200);
  onTestFinished(async () => void (await ask("olga", "DELETE", `/v1/webhooks/${response.body.webhook_id}`)));
  return response.body;
}
const idsSeenBy = async (caller: CallerName): Promise<string[]> =>
  (await ask(caller, "GET", "/v1/webhooks")).body.webhooks.map((each: { webhook_id: string }) => each.webhook_id);

describe("a webhook", () => {
  it("has a secret, which only the registration shows", async () => {
    const generated = await register("ada");
    expect(generated).toMatchObject({ scope: { owner: "ada" }, owner: "ada", url: URL_OF_HOOK });
    expect(generated.secret).toMatch(/^[\w-]{43}$/);
    const given = await register("ada", { secret: "a-secret-of-the-receiver" });
    expect(given.secret).toBe("a-secret-of-the-receiver");
    for (const caller of ["ada", "olga", "vera"] as const)
      for (const path of ["/v1/webhooks", `/v1/webhooks/${given.webhook_id}`]) {
        const { text } = await ask(caller, "GET", path);
        expect(text).toContain(given.webhook_id);
        expect(text).not.toContain(given.secret);
      }
  });

  it("is visible to its owner, operators and viewers; viewers do not see its path", async () => {
    const { webhook_id } = await register("ada");
    expect(await idsSeenBy("ada")).toContain(webhook_id);
    expect(await idsSeenBy("olga")).toContain(webhook_id);
    expect(await idsSeenBy("vera")).toContain(webhook_id);
    expect(await idsSeenBy("bob")).not.toContain(webhook_id);
    const path = `/v1/webhooks/${webhook_id}`;
    expect((await ask("olga", "GET", path)).body).toMatchObject({ url: URL_OF_HOOK, deliveries: [] });
    expect((await ask("vera", "GET", path)).body.url).toBe("https://hooks.example.org/…");
    expect((await ask("bob", "GET", path)).status).toBe(404);
  });

  it("is changed by its owner and operators only", async () => {
    const { webhook_id } = await register("ada");
    const path = `/v1/webhooks/${webhook_id}`;
    expect((await ask("bob", "DELETE", path)).status).toBe(404);
    expect((await ask("bob", "POST", `${path}/actions/test`)).status).toBe(404);
    expect((await ask("vera", "DELETE", path)).status).toBe(403);
    expect((await ask("olga", "DELETE", path)).body).toEqual({ webhook_id });
    expect(await ask("ada", "DELETE", path)).toMatchObject({
      status: 404,
      reason: `no webhook found with id: ${webhook_id}`,
    });
  });

  it("for all workflows is for operators", async () => {
    const body = { url: URL_OF_HOOK, events: ["completed"], scope: { all: true } };
    expect(await ask("ada", "POST", "/v1/webhooks", body)).toMatchObject({
      status: 403,
      reason: "scope.all: only operators may register a webhook for all workflows",
    });
    expect((await register("olga", { scope: { all: true } })).scope).toEqual({ all: true });
  });
});

it.each([
  [{ url: "http://hooks.example.org/" }, "url: must begin with https://"],
  [{ url: "https://127.0.0.1/" }, "url: must not be a private or local address"],
  [{ url: `https://hooks.example.org/${"x".repeat(2000)}` }, /^url: /],
  [{ events: [] }, /^events: /],
  [{ events: ["completed", "completed"] }, /^events\[1\]: /],
  [{ events: ["finished"] }, /^events\[0\]: /],
  [{ scope: { label: "no-value" } }, /^scope/],
  [{ scope: { label: "k=a,b" } }, /^scope/],
  [{ scope: { owner: "bob" } }, /^scope/],
  [{ secret: "short" }, /^secret: /],
  [{ description: "x\ny" }, /^description: /],
  [{ colour: "red" }, /colour/],
])("%j is a 400 that names the field", async (change, error) => {
  const body = { url: URL_OF_HOOK, events: ["completed"], ...change };
  const response = await ask("ada", "POST", "/v1/webhooks", body);
  expect(response.status).toBe(400);
  expect(response.reason).toMatch(error);
});

it("a caller has at most twenty, others are not affected", async () => {
  for (let n = 0; n < 20; n++) await register("eve");
  const body = { url: URL_OF_HOOK, events: ["completed"] };
  expect(await ask("eve", "POST", "/v1/webhooks", body)).toMatchObject({
    status: 422,
    reason: "you have 20 webhooks already; remove one first",
  });
  await register("bob");
  const [first] = await idsSeenBy("eve");
  await ask("eve", "DELETE", `/v1/webhooks/${first}`);
  await register("eve");
});

it("a failed registration does not write the secret to the log", async () => {
  const { log, lines } = recordingLog();
  const service = await startTestService({}, log);
  onTestFinished(() => service.close());
  const redis = openRedis(service.redisUrl);
  onTestFinished(() => void redis.disconnect());
  // Redis refuses the script, as it does when its memory is full.
  await redis.set("wms:{webhooks}:registered", "damaged");
  const body = { url: URL_OF_HOOK, events: ["completed"], secret: "the-secret-of-this-test" };
  const response = await fetch(`${service.url}/v1/webhooks`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(500);
  expect(lines.join()).toContain("WRONGTYPE");
  expect(lines.join()).not.toContain(body.secret);
});
