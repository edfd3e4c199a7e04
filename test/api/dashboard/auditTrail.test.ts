import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { AuditEntry } from "../../../src/domain/audit.js";
import { AuditTrail } from "../../../src/store/auditTrail.js";
import { waitForValue } from "../../setup/waitFor.js";
import { type ConformanceClient, createConformanceClient } from "../conformanceClient.js";
import {
  type DashboardFixture,
  OPERATOR,
  operatorHeaders,
  startDashboardFixture,
  withWrongPassword,
} from "./dashboardFixture.js";

let fixture: DashboardFixture;
let client: ConformanceClient;
beforeAll(async () => {
  fixture = await startDashboardFixture({ LOG_LEVEL: "debug" });
  client = await createConformanceClient(fixture.scenario.url);
});
afterAll(async () => {
  client.close();
  await fixture.close();
});
beforeEach(() => fixture.redis.del("wms:audit"));

const readTrail = async (query = "") => (await client.get<{ entries: AuditEntry[] }>(`/v1/system/audit${query}`)).body;

/** Sends an action of the dashboard on a background queue. */
const act = (action: string, headers = operatorHeaders(fixture.scenario.url), queue = "status-fanout") =>
  fetch(`${fixture.scenario.url}/admin/queues/api/queues/${queue}/${action}`, { method: "PUT", headers });

const waitForEntries = (count: number) =>
  waitForValue("the acts", readTrail.bind(undefined, ""), ({ entries }) => entries.length >= count);

test("the acts of operators are listed, the newest first", async () => {
  expect((await act("pause")).status).toBe(200);
  expect((await act("resume")).status).toBe(200);
  expect((await act("add")).status).toBe(404);
  const { entries } = await waitForEntries(3);
  expect(entries.map(({ status }) => status)).toEqual([404, 200, 200]);
  expect(entries.slice(1).map(({ action }) => action)).toEqual(["resume", "pause"]);
  expect(entries[2]).toEqual({
    time: expect.closeTo(Date.now() / 1000, -2),
    operator: OPERATOR,
    action: "pause",
    queue: "status-fanout",
    job: null,
    jobs: null,
    method: "PUT",
    path: "/admin/queues/api/queues/status-fanout/pause",
    outcome: "done",
    status: 200,
    refusal: null,
    address: expect.stringContaining("127.0.0.1"),
    request: expect.any(String),
  });
  expect((await readTrail("?limit=1")).entries).toEqual([entries[0]]);
});

test("callers who are not operators fill the log, and not the trail", async () => {
  expect((await act("pause", withWrongPassword(fixture.scenario.url))).status).toBe(401);
  expect((await act("pause")).status).toBe(200);
  const { entries } = await waitForEntries(1);
  expect(entries.map(({ status }) => status)).toEqual([200]);
  const audited = fixture.logLines.map((line) => JSON.parse(line)).filter(({ audit }) => audit);
  expect(audited.map(({ status }) => status)).toContain(401);
});

test("texts that a client chooses are cut", async () => {
  expect((await act("retry", undefined, `q${"x".repeat(5000)}/${"y".repeat(5000)}`)).status).toBe(404);
  const { entries } = await waitForEntries(1);
  expect(entries[0]?.path).toMatch(/^\/admin\/queues\/api\/queues\/qx{200,}\.\.\.$/);
  expect(entries[0]?.path).toHaveLength(300);
  expect(JSON.stringify(entries[0]).length).toBeLessThan(3000);
});

test("Redis keeps the last thousand acts", async () => {
  const entry: AuditEntry = {
    ...{ operator: "o", action: "pause", queue: null, job: null, jobs: null, method: "PUT", path: "/" },
    ...{ outcome: "done", status: 200, refusal: null, address: "::1", request: "r", time: 0 },
  };
  const trail = new AuditTrail(fixture.redis);
  await Promise.all(Array.from({ length: 1010 }, (_, time) => trail.append({ ...entry, time })));
  expect(await fixture.redis.xlen("wms:audit")).toBe(1000);
  const { entries } = await readTrail("?limit=1000");
  expect(entries.map(({ time }) => time)).toEqual(Array.from({ length: 1000 }, (_, n) => 1009 - n));
  expect((await readTrail()).entries).toEqual(entries.slice(0, 100));
});

test.each(["0", "1001", "-1", "1.5", "many", "", "1&limit=2"])(
  "limit=%s is a 400 that names the field",
  async (limit) => {
    const { status, reason } = await client.get(`/v1/system/audit?limit=${limit}`);
    expect(status).toBe(400);
    expect(reason).toMatch(/^limit: /);
  },
);

test("an act succeeds although Redis refuses to keep it, and the log has it", async () => {
  await fixture.redis.set("wms:audit", "not a stream");
  expect((await act("resume")).status).toBe(200);
  await fixture.waitForAudit("resume", "status-fanout");
  const lacking = () => fixture.logLines.filter((line) => line.includes("the audit trail in Redis lacks an act"));
  await waitForValue("the log line", lacking, (lines) => lines.length > 0);
  expect(JSON.parse(lacking()[0] ?? "")).toMatchObject({ level: 20 });
});
