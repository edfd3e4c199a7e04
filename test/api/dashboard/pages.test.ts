import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { allJobIds, jobIds } from "../../queues/jobIds.js";
import { makeTaskRequestAt, type ServiceScenario } from "../../scenarios/serviceScenario.js";
import { startTestService } from "../../setup/testService.js";
import { waitForValue } from "../../setup/waitFor.js";
import { startRedisProxy } from "../redisProxy.js";
import {
  type AuditLine,
  createDeadTaskforce,
  type DashboardFixture,
  operatorHeaders,
  startDashboardFixture,
  withWrongPassword,
} from "./dashboardFixture.js";

let fixture: DashboardFixture;
let scenario: ServiceScenario;
/** Disables reconcile, which would drop the jobs of these tests. */
const WITHOUT_RECONCILE = { RECONCILE_SECONDS: "3600" };

beforeAll(async () => {
  fixture = await startDashboardFixture({ ...WITHOUT_RECONCILE, MQS_BROKER_AUTH_TOKEN: "hunter2-broker" });
  scenario = fixture.scenario;
});

afterAll(() => fixture.close());

const get = (path: string, headers = operatorHeaders(scenario.url)) => fetch(scenario.url + path, { headers });
const put = (path: string, headers = operatorHeaders(scenario.url)) =>
  fetch(scenario.url + path, { method: "PUT", headers });
const api = (path: string) => `/admin/queues/api/${path}`;

describe("the pages", () => {
  it.each(["/admin/queues", api("queues"), "/admin/workflows/WF-0-00000000"])(
    "%s have strict headers, and are not cached",
    async (path) => {
      const { headers } = await get(path);
      const rules = headers.get("content-security-policy") ?? "";
      expect(rules).toContain("default-src 'self'");
      expect(rules).toContain("frame-ancestors 'none'");
      expect(rules).not.toMatch(/https?:|\*|unsafe-eval|script-src[^;]*unsafe-inline/);
      expect(headers.get("x-frame-options")).toBe("DENY");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("referrer-policy")).toBe("no-referrer");
      expect(headers.get("cache-control")).toBe("no-store");
      expect(headers.get("x-powered-by")).toBeNull();
    },
  );

  it("load nothing from another host", async () => {
    const page = await (await get("/admin/queues")).text();
    const references = [...page.matchAll(/\b(?:src|href)="([^"]*)"/g)].map(([, reference]) => reference);
    expect(references.length).toBeGreaterThan(5);
    expect(references.filter((reference) => /^(?:\w+:)?\/\//.test(reference ?? ""))).toEqual([]);
    const ui = dirname(createRequire(import.meta.url).resolve("@bull-board/ui/package.json"));
    const styles = readdirSync(join(ui, "dist/static"), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".css"))
      .map((file) => readFileSync(join(ui, "dist/static", file), "utf8"));
    expect(styles.length).toBeGreaterThan(5);
    expect(styles.filter((style) => /@import|url\(\s*["']?(?:\w+:)?\/\//.test(style))).toEqual([]);
  });

  it("allow the browser to cache the board's scripts", async () => {
    const page = await (await get("/admin/queues")).text();
    const [program] = /static\/js\/main[^"]+/.exec(page) ?? [];
    const { status, headers } = await get(`/admin/queues/${program}`);
    expect([status, headers.get("cache-control")]).toEqual([200, "public, max-age=0"]);
  });

  it("return the API's errors for unknown paths", async () => {
    for (const [path, error] of [
      ["/admin/taskforces/TF-1", "no taskforce found with uuid: TF-1"],
      ["/admin/workflows/WF-0-00000000", "no workflow found with id: WF-0-00000000"],
      ["/admin/elsewhere", "path not found: /admin/elsewhere"],
      ["/admin/queues/elsewhere", "path not found: /admin/queues/elsewhere"],
    ] as const) {
      const response = await get(path);
      expect([response.status, await response.json()]).toEqual([404, { code: 404, error }]);
    }
  });

  it("show a hundred jobs at most", async () => {
    const at = scenario.nextAccessPoint();
    const hex = () => randomBytes(4).toString("hex");
    const ids = Array.from({ length: 120 }, () => `TF-6b000000-${hex()}-${hex()}-${hex()}`);
    await fixture.queues.forSchedd(at.schedd).starter.add(ids.map((id) => ({ id, rank: 1 })));
    const queue = `starter-${at.schedd}`;
    const response = await get(api(`queues?activeQueue=${queue}&status=prioritized&jobsPerPage=100000`));
    const { queues } = (await response.json()) as { queues: { name: string; jobs: object[] }[] };
    expect(queues.find(({ name }) => name === queue)?.jobs).toHaveLength(100);
  });
});

describe("a client without credentials", () => {
  it.each(["/admin/queues", "/admin/queues/static/favicon.ico", api("queues"), "/admin/workflows/WF-0-00000000"])(
    "gets no content of %s",
    async (path) => {
      const response = await get(path, withWrongPassword(scenario.url));
      expect([response.status, await response.json()]).toEqual([
        401,
        { code: 401, error: "operators need a name and a password" },
      ]);
    },
  );

  it("changes nothing, and the audit contains the attempt", async () => {
    const at = scenario.nextAccessPoint();
    const path = api(`queues/starter-${at.schedd}/pause`);
    const headers = { ...withWrongPassword(scenario.url), "x-request-id": "try-1" };
    expect((await put(path, headers)).status).toBe(401);
    expect(await fixture.queues.forSchedd(at.schedd).starter.queue.isPaused()).toBe(false);
    const tried = (line: AuditLine) => line.request === "try-1" && line.method === "PUT";
    const line = await waitForValue(
      "the audit",
      async () => audit().find(tried),
      (found) => found !== undefined,
    );
    expect(line).toMatchObject({ operator: "unknown", path, outcome: "refused", status: 401 });
  });
});

const audit = () => fixture.logLines.map((line) => JSON.parse(line) as AuditLine).filter((line) => "operator" in line);

describe("the audit", () => {
  it("is written at every log level except silent", async () => {
    for (const [level, expected] of [
      ["fatal", 1],
      ["silent", 0],
    ] as const) {
      const lines: string[] = [];
      const log = pino({ level }, { write: (line: string) => void lines.push(line) });
      const service = await startTestService({}, log);
      const response = await fetch(`${service.url}${api("queues/mq-activation/pause")}`, {
        method: "PUT",
        headers: { origin: service.url },
      });
      expect(response.status).toBe(200);
      await service.close();
      expect(lines.map((line) => (JSON.parse(line) as AuditLine).action)).toEqual(expected === 1 ? ["pause"] : []);
    }
  });

  it("contains actions that the board refuses, and actions without a button", async () => {
    expect((await put(api("queues/no-such-queue/pause"))).status).toBe(404);
    expect(await fixture.waitForAudit("pause", "no-such-queue")).toMatchObject({
      outcome: "refused",
      status: 404,
    });
    expect((await put(api("queues/mq-activation/job-schedulers/x/run"))).status).toBe(403);
    await fixture.waitForAudit("put /api/queues/:queueName/job-schedulers/:schedulerId/run", "mq-activation");
    expect((await put("/admin/queues/nothing")).status).toBe(404);
    const paths = async () => audit().map(({ path }) => path);
    await waitForValue("the audit", paths, (found) => found.includes("/admin/queues/nothing"));
  });
});

it("errors have the API's format: bodies that are not JSON, and an unreachable Redis", async () => {
  const headers = { ...operatorHeaders(scenario.url), "content-type": "application/json" };
  const add = { method: "POST", headers, body: "{" };
  const malformed = await fetch(scenario.url + api("queues/mq-activation/add"), add);
  expect(malformed.status).toBe(400);
  expect(await malformed.json()).toMatchObject({ code: 400, error: expect.stringMatching(/^body: /) });

  const proxy = await startRedisProxy(fixture.redisUrl);
  const service = await startTestService({ REDIS_URL: proxy.url });
  try {
    await proxy.disconnect();
    for (const path of [api("queues"), "/admin/workflows/WF-0-00000000"]) {
      const response = await fetch(service.url + path);
      expect([response.status, response.headers.get("retry-after")]).toEqual([503, "5"]);
      const error = "the database is not available, try again later";
      expect(await response.json()).toEqual({ code: 503, error });
    }
  } finally {
    await proxy.restore();
    await service.close();
    await proxy.close();
  }
});

it("concurrent retries hand the taskforce out once, and add one log entry", async () => {
  const at = scenario.nextAccessPoint();
  const uuid = await createDeadTaskforce(fixture, at);
  const before = (await scenario.readTaskforce(uuid)).phase_change_log.length;
  const path = api(`queues/starter-${at.schedd}/${uuid}/retry`);
  const retries = Array.from({ length: 8 }, () => put(path));
  const statuses = (await Promise.all(retries)).map(({ status }) => status);
  // A retry of a job that already waits is refused.
  expect(statuses.filter((status) => status !== 204 && status !== 400)).toEqual([]);
  expect(statuses).toContain(204);
  expect((await scenario.leaseToStart(at.createTms)).taskforce.taskforce_uuid).toBe(uuid);
  expect(await at.createTms.leaseStarter()).toBeUndefined();
  expect((await scenario.readTaskforce(uuid)).phase_change_log).toHaveLength(before + 1);
});

it("a retry of an aborted taskforce hands nothing out", async () => {
  const at = scenario.nextAccessPoint();
  const uuid = await createDeadTaskforce(fixture, at);
  const { workflow_id } = await scenario.readTaskforce(uuid);
  await scenario.deactivate(workflow_id, "abort");
  // The worker of the abort removes the job at any time.
  const deactivations = () => allJobIds(fixture.queues.deactivation);
  await waitForValue("the abort is through", deactivations, (ids) => !ids.has(workflow_id));
  // Simulates an abort that has not reached the queue yet.
  const { starter } = fixture.queues.forSchedd(at.schedd);
  await starter.restoreDeadLetter(uuid, "no such file");
  const path = api(`queues/starter-${at.schedd}/${uuid}/retry`);
  expect((await put(path)).status).toBe(204);
  expect(await jobIds(starter)).toEqual({ live: new Set(), dead: new Set() });
  expect((await scenario.readTaskforce(uuid)).phase).toBe("pending-stopper");
});

it("secrets are neither on the pages nor in the audit", async () => {
  const secrets = ["hunter2-broker", "hunter2-pilot", "hunter2-submit", "hunter2-error", "hunter2-header"];
  const at = scenario.nextAccessPoint();
  const { workflow, taskforces } = await scenario.submitWorkflow([
    makeTaskRequestAt([at.location], {
      input_queue_aliases: ["in"],
      pilot_config: {
        tag: "latest",
        image_source: "cvmfs",
        environment: { GRID_PROXY: "hunter2-pilot" },
        input_files: [],
      },
    }),
    makeTaskRequestAt([at.location], { output_queue_aliases: ["out"] }),
  ]);
  const uuids = taskforces.map(({ taskforce_uuid }) => taskforce_uuid);
  for (const uuid of uuids) await scenario.waitForPhase(uuid, "pending-starter");
  const handOut = await scenario.leaseToStart(at.createTms);
  expect(JSON.stringify(handOut)).toContain("hunter2-broker");
  await at.createTms.submit(handOut, {
    submit_dict: { environment: "EWMS_PILOT_QUEUE_INCOMING=hunter2-submit" },
  });
  const error = "condor_submit: EWMS_PILOT_AUTH_TOKEN='hunter2-error' refused; Authorization: Bearer hunter2-header";
  await at.createTms.submitFailed(await scenario.leaseToStart(at.createTms), error);

  const names = ["mq-activation", `starter-${at.schedd}`, `stopper-${at.schedd}`];
  const paths = [
    "/admin/queues",
    ...names.map((name) => api(`queues?activeQueue=${name}&status=latest`)),
    ...names.flatMap((name) => [workflow.workflow_id, ...uuids].map((id) => api(`queues/${name}/${id}`))),
    ...uuids.map((uuid) => `/admin/taskforces/${uuid}`),
    `/admin/workflows/${workflow.workflow_id}`,
    api("redis/stats"),
  ];
  const pages = await Promise.all(paths.map(async (path) => (await get(path)).text()));
  expect(pages.filter((page) => page.includes("EWMS_PILOT_AUTH_TOKEN='[hidden]' refused"))).not.toEqual([]);
  for (const secret of secrets) expect(paths.filter((_, index) => pages[index]?.includes(secret))).toEqual([]);
  const auditLines = fixture.logLines.filter((line) => (JSON.parse(line) as { audit?: true }).audit);
  expect(auditLines.filter((line) => line.includes("hunter2"))).toEqual([]);
});
