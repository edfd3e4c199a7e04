import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiFixture, startApiFixture } from "../api/apiFixture.js";
import { makeTaskRequest, makeWorkflowRequest } from "../api/requestBodies.js";
import { IdentityProvider } from "./identityProvider.js";

/** The contract's table of roles, written by hand. */
const CALLERS = ["no token", "no role", "user", "TMS", "both", "operator", "viewer"] as const;
type Caller = (typeof CALLERS)[number];

const USERS: readonly Caller[] = ["user", "both"];
const READERS: readonly Caller[] = [...USERS, "viewer"];
const USERS_AND_OPERATORS: readonly Caller[] = [...USERS, "operator"];
const USERS_OPERATORS_AND_VIEWERS: readonly Caller[] = [...USERS_AND_OPERATORS, "viewer"];
const ANY_ROLE: readonly Caller[] = ["user", "TMS", "both", "operator", "viewer"];
const TMSES: readonly Caller[] = ["TMS", "both"];
const USERS_AND_TMSES: readonly Caller[] = ["user", "TMS", "both"];
const USERS_TMSES_AND_VIEWERS: readonly Caller[] = [...USERS_AND_TMSES, "viewer"];

const ALLOWED_CALLERS: Record<string, readonly Caller[]> = {
  "get /healthz": CALLERS,
  "get /readyz": CALLERS,
  "get /v1/": READERS,
  "get /v1/workflows": USERS_OPERATORS_AND_VIEWERS,
  "post /v1/workflows": USERS,
  "get /v1/workflows/{workflow_id}": READERS,
  "get /v1/workflows/{workflow_id}/summary": USERS_OPERATORS_AND_VIEWERS,
  "get /v1/workflows/{workflow_id}/history": USERS_OPERATORS_AND_VIEWERS,
  "get /v1/workflows/{workflow_id}/request": USERS_OPERATORS_AND_VIEWERS,
  "post /v1/workflows/{workflow_id}/actions/abort": USERS_AND_OPERATORS,
  "post /v1/workflows/{workflow_id}/actions/finished": USERS_AND_OPERATORS,
  "get /v1/workflows/{workflow_id}/annotations": USERS_OPERATORS_AND_VIEWERS,
  "put /v1/workflows/{workflow_id}/annotations": USERS_AND_OPERATORS,
  "get /v1/workflows/{workflow_id}/queues": USERS_OPERATORS_AND_VIEWERS,
  "get /v1/workflows/{workflow_id}/events": USERS_OPERATORS_AND_VIEWERS,
  "get /v1/events": USERS_OPERATORS_AND_VIEWERS,
  "get /v1/task-directives/{task_id}": READERS,
  "post /v1/query/task-directives": READERS,
  "get /v1/mqs/workflows/{workflow_id}/mq-profiles/public": READERS,
  "post /v1/query/workflows": USERS_TMSES_AND_VIEWERS,
  "post /v1/query/taskforces": USERS_TMSES_AND_VIEWERS,
  "get /v1/taskforces/{taskforce_uuid}": USERS_TMSES_AND_VIEWERS,
  "post /v1/task-directives/{task_id}/actions/add-workers": [...USERS_AND_TMSES, "operator"],
  "get /v1/system": USERS_OPERATORS_AND_VIEWERS,
  "get /v1/system/audit": ["operator", "viewer"],
  "get /v1/diagnosis": ANY_ROLE,
  "get /v1/schedds/{schedd}/diagnosis": ANY_ROLE,
  "get /v1/workflows/{workflow_id}/diagnosis": USERS_OPERATORS_AND_VIEWERS,
  "get /v1/taskforces/{taskforce_uuid}/diagnosis": USERS_OPERATORS_AND_VIEWERS,
  "post /v1/workflows/{workflow_id}/actions/retry": ["operator"],
  "get /v1/locations": USERS_OPERATORS_AND_VIEWERS,
  "get /v1/schedds": ANY_ROLE,
  "get /v1/schedds/{schedd}": ANY_ROLE,
  "get /v1/stray-clusters": USERS_OPERATORS_AND_VIEWERS,
  "delete /v1/stray-clusters/{stray_id}": ["operator"],
  "post /v1/webhooks": USERS_AND_OPERATORS,
  "get /v1/webhooks": USERS_OPERATORS_AND_VIEWERS,
  "get /v1/webhooks/{webhook_id}": USERS_OPERATORS_AND_VIEWERS,
  "delete /v1/webhooks/{webhook_id}": USERS_AND_OPERATORS,
  "post /v1/webhooks/{webhook_id}/actions/test": USERS_AND_OPERATORS,
  "get /v1/schema/openapi": USERS_TMSES_AND_VIEWERS,
  "get /v1/tms/pending-starter/taskforces": USERS_AND_TMSES,
  "get /v1/tms/pending-stopper/taskforces": USERS_AND_TMSES,
  "post /v1/tms/condor-submit/taskforces/{taskforce_uuid}": TMSES,
  "post /v1/tms/condor-submit/taskforces/{taskforce_uuid}/failed": TMSES,
  "post /v1/tms/condor-rm/taskforces/{taskforce_uuid}": TMSES,
  "post /v1/tms/condor-rm/taskforces/{taskforce_uuid}/failed": TMSES,
  "post /v1/tms/condor-complete/taskforces/{taskforce_uuid}": TMSES,
  "post /v1/tms/statuses/taskforces": TMSES,
};

const ROLES: Record<Exclude<Caller, "no token">, string[]> = {
  "no role": [],
  user: ["user"],
  TMS: ["system-tms"],
  both: ["user", "system-tms"],
  operator: ["operator"],
  viewer: ["viewer"],
};

let idp: IdentityProvider;
let fixture: ApiFixture;
const tokens = new Map<Caller, string>();

beforeAll(async () => {
  idp = await IdentityProvider.start();
  for (const [caller, ewms_role] of Object.entries(ROLES))
    tokens.set(caller as Caller, await idp.signToken({ sub: caller, ewms_role }));
  const settings = { AUTH_OPENID_URL: idp.issuer, AUTH_AUDIENCE: "ewms-wms" };
  fixture = await startApiFixture(settings, tokens.get("both"));
});
afterAll(async () => {
  await fixture.close();
  await idp.stop();
});

/** An empty header prevents the client from sending its own token. */
const headersOf = (caller: Caller) => ({
  authorization: caller === "no token" ? "" : `Bearer ${tokens.get(caller)}`,
});
const requestAs = (caller: Caller, method: string, path: string, body?: unknown) =>
  fixture.client.request(method.toUpperCase(), path, { body, headers: headersOf(caller) });

describe("every route of the document", () => {
  it("is in the table of roles", () => {
    const served = Object.entries(fixture.client.document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(served.sort()).toEqual(Object.keys(ALLOWED_CALLERS).sort());
  });

  const rows = Object.entries(ALLOWED_CALLERS).flatMap(([route, may]) =>
    CALLERS.map((caller): [Caller, string, string] => {
      const outcome = may.includes(caller) ? "is let in" : caller === "no token" ? "401" : "403";
      return [caller, route, outcome];
    }),
  );
  it.each(rows)("%s at %s: %s", async (caller, route, outcome) => {
    const [method = "", path = ""] = route.split(" ");
    const asked = `${path.replace(/\{\w+\}/g, "nothing")}?schedd=nowhere`;
    const { status, body, headers } = await requestAs(caller, method, asked, method === "post" ? {} : undefined);
    if (outcome === "is let in") expect([200, 400, 404]).toContain(status);
    else expect(status).toBe(Number(outcome));
    if (outcome === "401") {
      expect(body).toEqual({ code: 401, error: "a bearer token is needed" });
      expect(headers["www-authenticate"]).toBe("Bearer");
    }
    if (outcome === "403") {
      const has = ROLES[caller as keyof typeof ROLES].join(" and ") || "no role of this service";
      const [needed, rest] = body.error.split("; ");
      const role = "(user|system-tms|operator|viewer)";
      expect(needed).toMatch(new RegExp(`^only for the role ${role}( or ${role})*$`));
      expect(rest).toBe(`your token has ${has} (subject ${caller})`);
      expect(headers["www-authenticate"]).toBe('Bearer error="insufficient_scope"');
    }
  });
});

describe("a request is refused", () => {
  it.each([
    ["by another scheme", "Basic YTpi", "a bearer token is needed", "Bearer"],
    ["without a token after the scheme", "Bearer", "Authorization: no bearer token", 'Bearer error="invalid_token"'],
    ["with two tokens", "Bearer a b", "Authorization: no bearer token", 'Bearer error="invalid_token"'],
    ["with an invalid token", "Bearer eyJ", "the token is no valid JWT", 'Bearer error="invalid_token"'],
  ])("%s", async (_what, authorization, error, challenge) => {
    const response = await fixture.client.request("GET", "/v1/", { headers: { authorization } });
    expect(response).toMatchObject({
      status: 401,
      body: { error },
      headers: { "www-authenticate": challenge },
    });
  });

  it("for a token of another audience", async () => {
    const authorization = `Bearer ${await idp.signToken({ ewms_role: "user", aud: "account" })}`;
    const response = await fixture.client.request("GET", "/v1/", { headers: { authorization } });
    expect(response).toMatchObject({ status: 401, reason: "the token is for another audience" });
  });

  it("before its body is read", async () => {
    for (const caller of ["no token", "TMS"] as const)
      expect((await requestAs(caller, "post", "/v1/workflows", "no JSON")).status).toBe(caller === "TMS" ? 403 : 401);
    const { hostname, port, host } = new URL(fixture.service.url);
    const socket = connect(Number(port), hostname);
    socket.write(`POST /v1/workflows HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 1000000\r\n\r\n{`);
    const [head] = (await once(socket, "data")) as [Buffer];
    socket.destroy();
    expect(head.toString()).toMatch(/^HTTP\/1\.1 401 a bearer token is needed\r\n/);
  });

  it("also with HEAD; the scheme is case-insensitive", async () => {
    expect((await requestAs("no token", "head", "/v1/")).status).toBe(401);
    const headers = { authorization: `bearer ${tokens.get("user")}` };
    expect((await fixture.client.request("GET", "/v1/", { headers })).status).toBe(200);
  });
});

describe("without a token", () => {
  it.each(["/docs/", "/healthz", "/readyz"])("%s is public", async (path) => {
    expect((await requestAs("no token", "get", path)).status).toBe(200);
  });

  it("an unknown path is 404 and a wrong method 405", async () => {
    expect((await requestAs("no token", "get", "/v1/nothing")).status).toBe(404);
    expect((await requestAs("no token", "post", "/v1/")).status).toBe(405);
  });
});

it("an Idempotency-Key is valid for one caller only", async () => {
  const body = makeWorkflowRequest([makeTaskRequest(fixture.nextLocation().location)]);
  const made = async (caller: Caller) => {
    const headers = { ...headersOf(caller), "idempotency-key": "1" };
    const response = await fixture.client.request("POST", "/v1/workflows", { body, headers });
    expect(response.status).toBe(200);
    return response.body.workflow.workflow_id;
  };
  const [ofUser, ofBoth] = [await made("user"), await made("both")];
  expect(ofUser).not.toBe(ofBoth);
  expect(await made("user")).toBe(ofUser);
  expect(await made("both")).toBe(ofBoth);
});

describe("the log of a taskforce", () => {
  it.each([
    ["user", "USER"],
    ["TMS", "TMS"],
    ["both", "USER"],
  ] as const)("says who added workers: %s is %s", async (caller, source_entity) => {
    const place = fixture.nextLocation();
    const { taskforces } = await fixture.createWorkflow(place);
    const path = `/v1/task-directives/${taskforces[0]?.task_id}/actions/add-workers`;
    const { status, body } = await requestAs(caller, "post", path, {
      cluster_location: place.location,
      n_workers: 1,
    });
    expect(status).toBe(200);
    expect(body.phase_change_log).toMatchObject([{ source_entity }]);
  });

  it("names a user as the source of the workflow", async () => {
    const request = makeWorkflowRequest([makeTaskRequest(fixture.nextLocation().location)]);
    const { body } = await requestAs("user", "post", "/v1/workflows", request);
    expect(body.taskforces[0].phase_change_log).toMatchObject([{ source_entity: "USER" }]);
  });
});
