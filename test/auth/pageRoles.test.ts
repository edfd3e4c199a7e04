import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AuditEntry } from "../../src/domain/audit.js";
import { type ConformanceClient, createConformanceClient } from "../api/conformanceClient.js";
import { type CreatedWorkflow, makeTaskRequest, makeWorkflowRequest } from "../api/requestBodies.js";
import { pickFreePort } from "../setup/freePort.js";
import { recordingLog } from "../setup/recordingLog.js";
import { startTestService, type TestService } from "../setup/testService.js";
import { waitForValue } from "../setup/waitFor.js";
import { EventClient } from "../views/events/eventClient.js";
import { type Claims, IdentityProvider } from "./identityProvider.js";
import { LoginBrowser } from "./loginBrowser.js";

/** The claims of some people, beside their subject. */
const PEOPLE = {
  una: { ewms_role: "user", name: "Una Universe", groups: ["/ice/reco", "/tokens/others"] },
  ben: { ewms_role: "user", groups: ["/ice/reco"] },
  cora: { ewms_role: "user", groups: ["/ice/sim", "/tokens/others"] },
  vera: { ewms_role: "viewer", preferred_username: "vera.v" },
  olga: { ewms_role: "operator" },
  both: { ewms_role: ["user", "viewer", "system-tms"] },
  nora: { ewms_role: "guest" },
} as const satisfies Record<string, Claims>;
type Person = keyof typeof PEOPLE;

let idp: IdentityProvider;
let service: TestService;
let client: ConformanceClient;
let logLines: string[];

beforeAll(async () => {
  idp = await IdentityProvider.start();
  const port = await pickFreePort();
  const url = `http://127.0.0.1:${port}`;
  const { log, lines } = recordingLog();
  logLines = lines;
  service = await startTestService(
    {
      REST_PORT: String(port),
      ...idp.registerService(url),
      OWNERSHIP: "enforced",
      OWNERSHIP_GROUPS: "groups=/ice/.*",
      CLUSTER_LOCATIONS: JSON.stringify({ pool: { schedd: "schedd-1" } }),
    },
    log,
  );
  client = await createConformanceClient(url, await idp.signToken({ sub: "olga", ewms_role: ["operator", "user"] }));
});
afterAll(async () => {
  client.close();
  await service.close();
  await idp.stop();
});

/** Opens a page as a person who has no session yet. */
async function signIn(person: Person, path = "/") {
  idp.nextLoginClaims = { sub: person, ...PEOPLE[person] };
  const browser = new LoginBrowser();
  const page = await browser.open(service.url + path);
  const cookie = `wms_operator=${browser.cookie("wms_operator")}`;
  const send = (method: string, path: string, body?: object, headers: Record<string, string> = {}) =>
    client.request(method, path, {
      body,
      headers: { authorization: "", cookie, origin: service.url, "sec-fetch-site": "same-origin", ...headers },
    });
  return { browser, page, cookie, send };
}

const tokenOf = (person: Person) => idp.signToken({ sub: person, ...PEOPLE[person] });

/** Creates a workflow with a token of its owner. */
async function createWorkflow(owner: Person) {
  const authorization = `Bearer ${await tokenOf(owner)}`;
  const body = makeWorkflowRequest([makeTaskRequest("pool")]);
  const created = await client.request<CreatedWorkflow>("POST", "/v1/workflows", { body, headers: { authorization } });
  expect(created.status).toBe(200);
  const [taskforce] = created.body.taskforces;
  return { id: created.body.workflow.workflow_id, task: taskforce?.task_id ?? "" };
}

const metaOf = (html: string, name: string) => new RegExp(`<meta name="${name}" content="([^"]*)">`).exec(html)?.[1];
const stateOf = async (id: string) => (await client.get(`/v1/workflows/${id}`)).body.deactivated;
const linkOf = (html: string, label: string) => new RegExp(`<a href="([^"]+)">${label}</a>`).exec(html)?.[1];

describe("the page at / after a login", () => {
  test.each<[Person, string, string]>([
    ["una", "Una Universe (una)", "user"],
    ["vera", "vera.v (vera)", "viewer"],
    ["olga", "olga", "operator"],
    ["both", "both", "user viewer"],
  ])("is open to %s, and says who is signed in, with which roles", async (person, shown, roles) => {
    for (const path of ["/", "/workflows/WF-1-00000000?x=y"]) {
      const { page, browser } = await signIn(person, path);
      expect(page).toMatchObject({ status: 200, url: service.url + path });
      expect([metaOf(page.text, "signed-in-as"), metaOf(page.text, "roles")]).toEqual([shown, roles]);
      expect(metaOf(page.text, "exit")).toBe("/admin/logout");
      const asset = /src="(\/assets\/[^"]+)"/.exec(page.text)?.[1] ?? "";
      expect((await browser.openWithoutRedirects(service.url + asset)).status).toBe(200);
    }
  });

  test("is closed to an account without a role, whose page offers another account", async () => {
    const { page, browser } = await signIn("nora");
    expect(page.status).toBe(403);
    expect(page.text).toContain("nora has none of the roles user, operator, viewer");
    expect(linkOf(page.text, "Sign in as somebody else")).toBe("/admin/switch-account?to=%2F");
    expect(browser.cookie("wms_operator")).toBeUndefined();
  });
});

describe("everything under /admin", () => {
  const PATHS = ["/admin/", "/admin/queues", "/admin/queues/queue/mq-activation", "/admin/workflows/WF-1-00000000"];

  test.each<[Person, string]>([
    ["una", "you are signed in as Una Universe (una) with the role user"],
    ["vera", "you are signed in as vera.v (vera) with the role viewer"],
    ["both", "you are signed in as both with the roles user and viewer"],
  ])("is refused to %s, with a page for people and JSON for scripts", async (person, sentence) => {
    const { browser, send } = await signIn(person);
    for (const path of PATHS) {
      const { status, text } = await browser.open(service.url + path);
      expect(status).toBe(403);
      expect(text).toContain(`only for the role operator; ${sentence}`);
      expect(text).toContain("ask for this role");
      expect(linkOf(text, "Sign in as somebody else")).toBe(
        `/admin/switch-account?${new URLSearchParams({ to: path })}`,
      );
      expect(text).toContain('<form method="post" action="/admin/logout">');
      expect(await send("GET", path, undefined, { accept: "application/json" })).toMatchObject({
        status: 403,
        body: { code: 403, error: `only for the role operator; ${sentence}` },
      });
    }
  });

  test("is open to an operator", async () => {
    const { browser } = await signIn("olga");
    for (const path of PATHS.slice(0, 3)) expect((await browser.open(service.url + path)).status).toBe(200);
  });

  test("returns to the requested page after the login of an operator", async () => {
    const { browser, page } = await signIn("una", "/admin/queues");
    expect(page).toMatchObject({ status: 403, url: `${service.url}/admin/queues` });
    idp.chosenLoginClaims = { sub: "olga", ...PEOPLE.olga };
    const link = linkOf(page.text, "Sign in as somebody else") ?? "";
    expect(await browser.open(service.url + link)).toMatchObject({ status: 200, url: `${service.url}/admin/queues` });
  });

  test("a user's POST changes nothing, and its audit line names the user and the role", async () => {
    const { send } = await signIn("una");
    const pause = "/admin/queues/api/queues/mq-activation/pause";
    const refused = await send("PUT", pause, undefined, { "x-request-id": "pause-1" });
    expect(refused).toMatchObject({ status: 403, reason: expect.stringContaining("only for the role operator") });
    const { body } = await client.get("/v1/system");
    expect(body.queues.find(({ name }: { name: string }) => name === "mq-activation").paused).toBe(false);
    expect(await auditLineOf("pause-1")).toMatchObject({
      user: "Una Universe (una)",
      subject: "una",
      role: "user",
      path: pause,
      outcome: "refused",
      msg: "a user acted",
    });
    expect(await keptActs("pause-1")).toEqual([]);
    // The same request of an operator is accepted, so the path is right.
    const { send: sendAsOperator } = await signIn("olga");
    expect((await sendAsOperator("PUT", pause, undefined, { "x-request-id": "pause-2" })).status).toBe(200);
    expect((await sendAsOperator("PUT", pause.replace("pause", "resume"))).status).toBe(200);
    expect(await auditLineOf("pause-2")).toMatchObject({ operator: "olga", subject: "olga", role: "operator" });
    await waitForValue(
      "the act in Redis",
      () => keptActs("pause-2"),
      (found) => found.length === 1,
    );
  });
});

const auditLineOf = async (id: string) =>
  waitForValue(
    "the audit line",
    async () => logLines.map((line) => JSON.parse(line)).find(({ request, audit }) => audit && request === id),
    (line) => line !== undefined,
  );
const keptActs = async (id: string) => {
  const { body } = await client.get("/v1/system/audit");
  return (body as { entries: AuditEntry[] }).entries.filter(({ request }) => request === id);
};

describe("requests of the page to the API", () => {
  /** A request for each kind of access, with the status for each role. */
  const OUTCOMES: [method: string, path: string, outcomes: Partial<Record<Person, number>>][] = [
    ["GET", "/v1/workflows/WF-1-00000000", { una: 404, vera: 404, olga: 404 }],
    ["POST", "/v1/query/taskforces", { una: 200, vera: 200, olga: 200 }],
    ["GET", "/v1/system", { una: 200, vera: 200, olga: 200 }],
    ["GET", "/v1/system/audit", { una: 403, vera: 200, olga: 200 }],
    ["POST", "/v1/workflows", { una: 400, vera: 403, olga: 400 }],
    ["POST", "/v1/workflows/WF-1-00000000/actions/abort", { una: 404, vera: 403, olga: 404 }],
    ["POST", "/v1/workflows/WF-1-00000000/actions/finished", { una: 404, vera: 403, olga: 404 }],
    ["POST", "/v1/workflows/WF-1-00000000/actions/retry", { una: 403, vera: 403, olga: 404 }],
    ["POST", "/v1/task-directives/TD-1-00000000-00000000/actions/add-workers", { una: 400, vera: 403, olga: 400 }],
    ["PUT", "/v1/workflows/WF-1-00000000/annotations", { una: 404, vera: 403, olga: 404 }],
    ["DELETE", "/v1/stray-clusters/x", { una: 403, vera: 403, olga: 404 }],
  ];

  test.each(["una", "vera", "olga"] as const)("have the rights of %s", async (person) => {
    const { send } = await signIn(person);
    const found = [];
    for (const [method, path] of OUTCOMES) {
      const body = path.startsWith("/v1/query/") ? { query: {} } : method === "GET" ? undefined : {};
      found.push([method, path, (await send(method, path, body)).status]);
    }
    expect(found).toEqual(OUTCOMES.map(([method, path, outcomes]) => [method, path, outcomes[person]]));
  });

  test("a viewer's abort is a 403 in the words of a session, and changes nothing", async () => {
    const { id } = await createWorkflow("una");
    const { send } = await signIn("vera");
    const refused = await send("POST", `/v1/workflows/${id}/actions/abort`, {}, { "x-request-id": "abort-1" });
    expect(refused).toMatchObject({
      status: 403,
      body: {
        code: 403,
        error: "only for the role user or operator; you are signed in as vera.v (vera) with the role viewer",
      },
    });
    expect(refused.headers["www-authenticate"]).toBeUndefined();
    expect(await stateOf(id)).toBeNull();
    expect(await auditLineOf("abort-1")).toMatchObject({
      user: "vera.v (vera)",
      role: "viewer",
      outcome: "refused",
      status: 403,
    });
  });

  test.each<[Person, string, number]>([
    ["una", "the owner", 200],
    ["ben", "a member of the owner's group", 200],
    ["cora", "a user of another group", 403],
    ["vera", "a viewer", 403],
    ["olga", "an operator", 200],
  ])("respect ownership: %s, %s", async (person, _, status) => {
    const { id } = await createWorkflow("una");
    const { send } = await signIn(person);
    const ended = await send("POST", `/v1/workflows/${id}/actions/finished`, {}, { "x-request-id": `end-${person}` });
    expect(ended.status).toBe(status);
    if (person === "cora") expect(ended.reason).toContain(`${id} belongs to Una Universe`);
    expect(await stateOf(id)).toBe(status === 200 ? "FINISHED" : null);
    const roles = { operator: "operator", user: "user", viewer: "viewer" } as const;
    expect(await auditLineOf(`end-${person}`)).toMatchObject({
      subject: person,
      role: roles[PEOPLE[person].ewms_role as keyof typeof roles],
      outcome: status === 200 ? "done" : "refused",
    });
  });

  test("a workflow that a session creates has the same owner and groups as with a token", async () => {
    const { send } = await signIn("una");
    const created = await send("POST", "/v1/workflows", makeWorkflowRequest([makeTaskRequest("pool")]));
    const id = created.body.workflow.workflow_id as string;
    const { body } = await client.get(`/v1/workflows/${id}/annotations`);
    expect(body.owner).toEqual({ subject: "una", name: "Una Universe" });
    const as = async (person: Person) => ({ authorization: `Bearer ${await tokenOf(person)}` });
    const rename = async (person: Person) =>
      (
        await client.request("PUT", `/v1/workflows/${id}/annotations`, {
          body: { name: "n" },
          headers: await as(person),
        })
      ).status;
    expect([await rename("una"), await rename("ben"), await rename("cora")]).toEqual([200, 200, 403]);
  });

  test("event streams are open to all roles", async () => {
    const { id } = await createWorkflow("una");
    for (const person of ["una", "vera", "olga"] as const) {
      const { cookie } = await signIn(person);
      const ofOne = await EventClient.open(`${service.url}/v1/workflows/${id}/events`, { cookie });
      expect(ofOne.response.statusCode).toBe(200);
      const ofAll = await EventClient.open(`${service.url}/v1/events`, { cookie });
      expect(ofAll.response.statusCode).toBe(200);
    }
  });

  test("of another site are refused", async () => {
    const { id } = await createWorkflow("una");
    const { send } = await signIn("una");
    for (const headers of [
      { "sec-fetch-site": "cross-site", origin: "https://evil.example" },
      { "sec-fetch-site": "", origin: "https://evil.example" },
    ])
      expect(await send("POST", `/v1/workflows/${id}/actions/abort`, {}, headers)).toMatchObject({
        status: 403,
        reason: expect.stringContaining("only pages of this service"),
      });
    expect(await stateOf(id)).toBeNull();
  });

  test("have no rights of a TMS, even if the token had its role", async () => {
    const { send } = await signIn("both");
    expect((await send("GET", "/v1/tms/pending-starter/taskforces?schedd=schedd-1")).status).toBe(401);
    expect((await send("GET", "/v1/system/audit")).status).toBe(200);
    expect((await send("POST", "/v1/workflows", {})).status).toBe(400);
    // A TMS may change the workflows of others.
    const { id } = await createWorkflow("una");
    expect((await send("POST", `/v1/workflows/${id}/actions/abort`, {})).status).toBe(403);
  });
});

test("a user signs out, and the cookie opens nothing any more", async () => {
  const { browser, send } = await signIn("una");
  expect((await send("GET", "/v1/schedds")).status).toBe(200);
  expect((await browser.submitForm(`${service.url}/admin/logout`, "https://evil.example")).status).toBe(403);
  expect((await send("GET", "/v1/schedds")).status).toBe(200);
  const out = await browser.submitForm(`${service.url}/admin/logout`);
  expect(out).toMatchObject({ status: 200, url: `${service.url}/admin/signed-out` });
  expect(linkOf(out.text, "Sign in")).toBe("/");
  expect(browser.cookie("wms_operator")).toBeUndefined();
  expect((await send("GET", "/v1/schedds")).status).toBe(401);
});

test("many long groups fit into a session", async () => {
  const groups = Array.from({ length: 50 }, (_, n) => `/ice/${"g".repeat(200)}-${n}`);
  idp.nextLoginClaims = { sub: "greta", ewms_role: "user", groups };
  const browser = new LoginBrowser();
  expect((await browser.open(`${service.url}/`)).status).toBe(200);
  // Browsers ignore cookies of more than 4,096 bytes.
  expect(browser.cookie("wms_operator")?.length).toBeLessThan(1000);
});
