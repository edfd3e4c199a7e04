import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CookieCipher } from "../../src/auth/cookieCipher.js";
import type { AuditEntry } from "../../src/domain/audit.js";
import { createLoginSessions } from "../../src/redis/loginSessions.js";
import { type ConformanceClient, createConformanceClient } from "../api/conformanceClient.js";
import { workflowRequestJson } from "../processes/serviceProcess.js";
import { recordingLog } from "../setup/recordingLog.js";
import { openRedis } from "../setup/testRedis.js";
import { startTestService, type TestService } from "../setup/testService.js";
import { waitForValue } from "../setup/waitFor.js";
import { EventClient } from "../views/events/eventClient.js";
import { IdentityProvider } from "./identityProvider.js";

const SECRET = "a secret of thirty-two characters";
const PUBLIC_URL = "https://wms.example.org";
const UNKNOWN = "/v1/workflows/WF-0-00000000";

const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;

/** Starts a session, as a login does. @returns its cookie */
async function startSession({ redisUrl }: TestService, secret = SECRET, jti = randomUUID()): Promise<string> {
  const cipher = new CookieCipher(secret);
  const value = { subject: "4711", name: "ada", roles: ["operator"], idToken: "" };
  const redis = openRedis(redisUrl);
  await createLoginSessions(redis).add(jti, await cipher.encrypt(`wms_session ${jti}`, value, 60), 60);
  redis.disconnect();
  return `wms_operator=${await cipher.encrypt("wms_operator", { jti }, 60)}`;
}

let idp: IdentityProvider;
let tokens: { user: string; tms: string; operator: string };

beforeAll(async () => {
  idp = await IdentityProvider.start();
  const tokenOf = (sub: string, ewms_role: string) => idp.signToken({ sub, ewms_role });
  tokens = {
    user: await tokenOf("una", "user"),
    tms: await tokenOf("tim", "system-tms"),
    operator: await tokenOf("olga", "operator"),
  };
});
afterAll(() => idp.stop());

/** A service that verifies tokens, with one method of operator authentication. */
function withOperatorAuth(settings: () => Record<string, string>) {
  const opened = {} as { service: TestService; client: ConformanceClient; lines: string[] };
  beforeAll(async () => {
    const { log, lines } = recordingLog();
    const service = await startTestService({ AUTH_OPENID_URL: idp.issuer, ...settings() }, log);
    Object.assign(opened, {
      service,
      client: await createConformanceClient(service.url, tokens.user),
      lines,
    });
  });
  afterAll(async () => {
    opened.client.close();
    await opened.service.close();
  });
  const ask = (method: string, path: string, headers: Record<string, string>, body?: unknown) =>
    opened.client.request(method, path, { headers: { authorization: "", ...headers }, body });
  return { ask, opened };
}

describe("with the cookie of a login", () => {
  const { ask, opened } = withOperatorAuth(() => ({
    ADMIN_CLIENT_ID: "ewms-wms",
    PUBLIC_URL,
    SESSION_SECRET: SECRET,
    EVENTS_HEARTBEAT_SECONDS: "0.05",
  }));
  const SAME = { origin: PUBLIC_URL, "sec-fetch-site": "same-origin" };
  const OTHER = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };

  test("the page reads and writes as a user, and the audit names the operator", async () => {
    const cookie = await startSession(opened.service);
    expect((await ask("GET", UNKNOWN, { cookie })).status).toBe(404);
    expect((await ask("POST", "/v1/query/workflows", { cookie, ...SAME }, { query: {} })).status).toBe(200);
    const created = await ask("POST", "/v1/workflows", { cookie, ...SAME }, JSON.parse(workflowRequestJson()));
    expect(created.status).toBe(200);
    const { workflow_id } = (created.body as { workflow: { workflow_id: string } }).workflow;
    const abort = `/v1/workflows/${workflow_id}/actions/abort`;
    expect((await ask("POST", abort, { cookie, ...SAME, "x-request-id": "abort-1" }, {})).status).toBe(200);
    const about = async () =>
      opened.lines.map((line) => JSON.parse(line)).filter(({ request }) => request === "abort-1");
    const lines = await waitForValue("the log", about, (found) => found.some(({ audit }) => audit === true));
    expect(lines.find(({ audit }) => audit)).toMatchObject({
      operator: "ada (4711)",
      subject: "4711",
      role: "operator",
      action: "/v1/workflows/{workflow_id}/actions/abort",
      path: abort,
      outcome: "done",
      status: 200,
      msg: "an operator acted",
    });
    expect(lines.find(({ msg }) => msg === "request")).toMatchObject({ subject: "4711", role: "operator,user" });
    expect(await keptActs("abort-1")).toMatchObject([{ operator: "ada (4711)", action: "abort", path: abort }]);
  });

  test("only an operator removes a stray cluster, and the audit records it", async () => {
    const cookie = await startSession(opened.service);
    const tms = { authorization: `Bearer ${tokens.tms}` };
    const report = { cluster_id: 5, n_workers: 1, submit_dict: {}, job_event_log_fpath: "" };
    const unknown = "/v1/tms/condor-submit/taskforces/TF-1-00000000-00000000-00000000";
    expect((await ask("POST", unknown, tms, report)).status).toBe(404);
    const user = { authorization: `Bearer ${tokens.user}` };
    const { body } = await ask("GET", "/v1/stray-clusters", user);
    const [{ id = "" } = {}] = (body as { stray_clusters: { id: string }[] }).stray_clusters;
    expect((await ask("GET", "/v1/stray-clusters", { cookie })).body).toEqual(body);
    expect((await ask("GET", "/v1/stray-clusters", tms)).status).toBe(403);

    const path = `/v1/stray-clusters/${id}`;
    for (const headers of [user, tms]) expect((await ask("DELETE", path, headers)).status).toBe(403);
    expect((await ask("DELETE", path, { cookie, ...OTHER })).status).toBe(403);
    expect((await ask("DELETE", path, { cookie, ...SAME, "x-request-id": "stray-1" })).status).toBe(200);
    const audited = await waitForValue(
      "the audit",
      async () =>
        opened.lines.map((line) => JSON.parse(line)).find(({ request, audit }) => audit && request === "stray-1"),
      (line) => line !== undefined,
    );
    expect(audited).toMatchObject({
      operator: "ada (4711)",
      action: "/v1/stray-clusters/{stray_id}",
      path,
      outcome: "done",
    });
    expect(await keptActs("stray-1")).toMatchObject([{ action: "dismiss cluster", path, outcome: "done" }]);
  });

  test("a change that a foreign page sends is logged, and does not fill the trail in Redis", async () => {
    const cookie = await startSession(opened.service);
    const abort = (id: string, headers: object) =>
      ask("POST", `${UNKNOWN}/actions/abort`, { cookie, "x-request-id": id, ...headers }, {});
    expect((await abort("foreign", OTHER)).status).toBe(403);
    expect((await abort("own", SAME)).status).toBe(404);
    expect(await keptActs("own")).toMatchObject([{ action: "abort", outcome: "refused", status: 404 }]);
    expect(await readActs("foreign")).toEqual([]);
    expect(opened.lines.some((line) => line.includes('"audit":true') && line.includes('"foreign"'))).toBe(true);
  });

  /** The acts of a request in Redis. */
  const readActs = async (id: string) => {
    const authorization = `Bearer ${tokens.operator}`;
    const { body } = await ask("GET", "/v1/system/audit", { authorization });
    return (body as { entries: AuditEntry[] }).entries.filter(({ request }) => request === id);
  };
  const keptActs = (id: string) =>
    waitForValue(
      "the act in Redis",
      () => readActs(id),
      (found) => found.length > 0,
    );

  test("the event streams of a session end when the operator signs out", async () => {
    const { url } = opened.service;
    const cookies = [await startSession(opened.service), await startSession(opened.service)];
    const streams = await Promise.all(cookies.map((cookie) => EventClient.open(`${url}/v1/events`, { cookie })));
    const [mine, other] = streams as [EventClient, EventClient];
    await waitForValue(
      "heartbeats",
      async () => mine.heartbeats,
      (count) => count > 0,
    );
    expect((await ask("POST", "/admin/logout", { cookie: cookies[0] ?? "", ...SAME })).status).toBe(303);
    await waitForValue(
      "the end",
      async () => mine.ended,
      (ended) => ended === "in order",
    );
    const before = other.heartbeats;
    await waitForValue(
      "heartbeats of the other session",
      async () => other.heartbeats,
      (count) => count > before,
    );
    expect(other.ended).toBeUndefined();
    expect((await ask("GET", "/v1/events", { cookie: cookies[0] ?? "" })).status).toBe(401);
  });

  test("a page of another site is refused, and the audit contains its attempt", async () => {
    const cookie = await startSession(opened.service);
    for (const [path, body] of [
      ["/v1/workflows", JSON.parse(workflowRequestJson())],
      [`${UNKNOWN}/actions/abort`, {}],
      ["/v1/query/workflows", { query: {} }],
    ] as const)
      expect(await ask("POST", path, { cookie, ...OTHER }, body)).toMatchObject({
        status: 403,
        reason: expect.stringContaining("only pages of this service"),
      });
    // A cookie without origin headers is refused.
    expect((await ask("POST", "/v1/workflows", { cookie }, {})).status).toBe(403);
    await waitForValue(
      "the audit",
      async () => opened.lines.map((line) => JSON.parse(line)),
      (lines) => lines.some(({ audit, outcome }) => audit && outcome === "refused"),
    );
  });

  test.each([
    ["no cookie", async () => ({})],
    ["a forged cookie", async () => ({ cookie: "wms_operator=eyJhbGciOiJkaXIifQ..a.b.c" })],
    ["one of another service", async () => ({ cookie: await startSession(opened.service, `${SECRET}!`) })],
    [
      "an ended session",
      async () => {
        const jti = randomUUID();
        const cookie = await startSession(opened.service, SECRET, jti);
        const redis = openRedis(opened.service.redisUrl);
        await createLoginSessions(redis).remove(jti);
        redis.disconnect();
        return { cookie };
      },
    ],
    ["another cookie", async () => ({ cookie: "theme=dark" })],
    ["a wrong password", async () => ({ authorization: basic("ada", "x") })],
  ])("%s is refused like a missing token", async (_what, headers) => {
    for (const path of [UNKNOWN, "/v1/"])
      expect(await ask("GET", path, { ...SAME, ...(await headers()) })).toMatchObject({
        status: 401,
        reason: "a bearer token is needed",
        headers: expect.objectContaining({ "www-authenticate": "Bearer" }),
      });
  });

  test("a token is verified without the cookie", async () => {
    const cookie = await startSession(opened.service);
    const withToken = (token: string) => ({ cookie, authorization: `Bearer ${token}` });
    expect((await ask("GET", UNKNOWN, withToken("a.b.c"))).status).toBe(401);
    expect((await ask("GET", UNKNOWN, withToken(tokens.tms))).status).toBe(403);
    expect((await ask("POST", `${UNKNOWN}/actions/abort`, { ...withToken(tokens.user), ...OTHER }, {})).status).toBe(
      404,
    );
  });

  test("the page can't lease taskforces", async () => {
    const cookie = await startSession(opened.service);
    const taken = await ask("GET", "/v1/tms/pending-starter/taskforces?schedd=SCHEDD1", { cookie, ...SAME });
    expect(taken.status).toBe(401);
  });
});

describe("with the operators' password", () => {
  const { ask } = withOperatorAuth(() => ({ ADMIN_USER: "ada", ADMIN_PASSWORD: "enchantress" }));

  test("the page reads, and writes from its own origin only", async () => {
    const authorization = basic("ada", "enchantress");
    expect((await ask("GET", UNKNOWN, { authorization })).status).toBe(404);
    const abort = (headers: object) => ask("POST", `${UNKNOWN}/actions/abort`, { authorization, ...headers }, {});
    expect((await abort({ "sec-fetch-site": "same-origin" })).status).toBe(404);
    expect((await abort({ "sec-fetch-site": "cross-site" })).status).toBe(403);
    expect((await abort({ origin: "https://evil.example" })).status).toBe(403);
    expect((await ask("GET", UNKNOWN, { authorization: basic("ada", "enchanter") })).status).toBe(401);
  });
});

describe("without operator authentication", () => {
  const { ask, opened } = withOperatorAuth(() => ({}));

  test("only tokens are accepted", async () => {
    const headers = { "sec-fetch-site": "same-origin", cookie: await startSession(opened.service) };
    expect((await ask("GET", UNKNOWN, headers)).status).toBe(401);
    expect((await ask("GET", UNKNOWN, { authorization: basic("", "") })).status).toBe(401);
  });
});
