import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import { loggerOptions } from "../../src/app/logging.js";
import {
  createSmallWorkflow,
  type LogLine,
  readEntity,
  WORKFLOW_REQUEST_JSON,
  workflowRequestJson,
} from "../processes/serviceProcess.js";
import { startTestService } from "../setup/testService.js";
import { waitForValue, waitUntil } from "../setup/waitFor.js";

/** A service in the process of the test, and its log. */
interface LoggedService {
  url: string;
  logLines(): LogLine[];
}

async function startLoggedService({ LOG_LEVEL = "info", ...settings }: Record<string, string> = {}) {
  const lines: string[] = [];
  const log = pino(loggerOptions(LOG_LEVEL), { write: (line) => void lines.push(line) });
  const service = await startTestService(settings, log);
  onTestFinished(() => service.close());
  return { url: service.url, logLines: () => lines.map((line) => JSON.parse(line) as LogLine) };
}

const requests = (service: LoggedService): LogLine[] => service.logLines().filter(({ msg }) => msg === "request");

const phaseChanges = (service: LoggedService): LogLine[] =>
  service.logLines().filter(({ msg }) => msg === "phase change");

/** Waits for the line of a request. */
const lineOf = (service: LoggedService, id: string): Promise<LogLine> =>
  waitForValue(
    `a line for ${id}`,
    () => requests(service).find(({ request }) => request === id),
    (line) => line !== undefined,
  );

test("each request writes one line with the id of its response, route, status, time and caller", async () => {
  const service = await startLoggedService();
  const { url } = service;

  const response = await fetch(`${url}/v1/workflows`, { method: "POST", body: WORKFLOW_REQUEST_JSON });

  const line = await lineOf(service, response.headers.get("x-request-id") ?? "");
  expect(line).toMatchObject({
    level: 30,
    method: "POST",
    route: "/v1/workflows",
    status: 200,
    ms: expect.any(Number),
    subject: "anonymous",
    role: "user,system-tms",
  });
  expect(line).not.toHaveProperty("path");
  expect(requests(service)).toHaveLength(1);
});

test("a client's request id is logged, and an unknown path is logged without its query", async () => {
  const service = await startLoggedService();
  const headers = { "x-request-id": "from-the-proxy:17" };

  const response = await fetch(`${service.url}/v2/nothing?token=s3cret`, { headers });

  expect(response.headers.get("x-request-id")).toBe("from-the-proxy:17");
  const line = await lineOf(service, "from-the-proxy:17");
  expect(line).toMatchObject({ level: 30, method: "GET", path: "/v2/nothing", status: 404 });
  expect(line).not.toHaveProperty("route");
  expect(JSON.stringify(service.logLines())).not.toContain("s3cret");
});

test.each(["starter", "stopper"])("the line of a poll of the %s queue names the schedd, shortened", async (queue) => {
  const service = await startLoggedService();
  const poll = (id: string, query: string) =>
    fetch(`${service.url}/v1/tms/pending-${queue}/taskforces?${query}`, { headers: { "x-request-id": id } });
  await poll("known", "schedd=SCHEDD1&collector=hidden");
  await poll("long", `schedd=${"x".repeat(5000)}`);
  await poll("none", "");

  expect(await lineOf(service, "known")).toMatchObject({ schedd: "SCHEDD1", status: 200 });
  expect(await lineOf(service, "known")).not.toHaveProperty("collector");
  expect(String((await lineOf(service, "long"))?.["schedd"]).length).toBeLessThanOrEqual(255);
  expect(await lineOf(service, "none")).not.toHaveProperty("schedd");
  for (const id of ["known", "none"]) expect(await lineOf(service, id)).not.toHaveProperty("disconnected");
});

test("a failed request is logged as an error", async () => {
  // No server listens on this port.
  const service = await startLoggedService({ MQS_ADDRESS: "http://127.0.0.1:1" });
  const body = workflowRequestJson({ input_queue_aliases: ["in"] });
  const headers = { "x-request-id": "refused" };

  const response = await fetch(`${service.url}/v1/workflows`, { method: "POST", body, headers });

  expect(response.status).toBe(503);
  expect(await lineOf(service, "refused")).toMatchObject({ level: 50, status: 503 });
});

test.each(["info", "debug"])("probes are logged at the level debug only (%s)", async (LOG_LEVEL) => {
  const service = await startLoggedService({ LOG_LEVEL });
  const { url } = service;
  for (const probe of ["/healthz", "/readyz"]) await fetch(url + probe);
  await fetch(`${url}/v1/`, { headers: { "x-request-id": "last" } });
  await lineOf(service, "last");

  const probes = requests(service).map(({ route, level }) => `${route} ${level}`);
  expect(probes).toEqual(LOG_LEVEL === "info" ? ["/v1/ 30"] : ["/healthz 20", "/readyz 20", "/v1/ 30"]);
});

test("each phase change writes one line, with the id of the request that caused it", async () => {
  const service = await startLoggedService();
  const { url } = service;
  const { workflow, taskforce } = await createSmallWorkflow(url);
  const id = taskforce.split("/").at(-1) ?? "";
  await waitUntil(
    "the taskforce may be handed out",
    async () => (await readEntity<{ phase: string }>(url, taskforce)).phase === "pending-starter",
  );
  const report = { cluster_id: 1, n_workers: 1, submit_dict: {}, job_event_log_fpath: "/jel" };
  const post = (path: string, request: string, body: object = {}) =>
    fetch(url + path, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "x-request-id": request },
    });
  await fetch(`${url}/v1/tms/pending-starter/taskforces?schedd=SCHEDD1`);
  await post(`/v1/tms/condor-submit/taskforces/${id}/failed`, "failed", { error: "no space" });
  await post(`/v1/tms/condor-submit/taskforces/${id}`, "submitted", report);
  await post(`/v1/tms/condor-submit/taskforces/${id}`, "repeated", report);
  await post(`${workflow}/actions/abort`, "aborted");
  await post(`/v1/tms/condor-rm/taskforces/${id}`, "removed");
  await post(`/v1/tms/condor-complete/taskforces/${id}`, "completed", { condor_complete_ts: 1 });
  await lineOf(service, "completed");

  const lines = phaseChanges(service);
  const { phase_change_log } = await readEntity<{
    phase_change_log: { target_phase: string; source_entity: string; was_successful: boolean }[];
  }>(url, taskforce);
  expect(lines.map(({ to, by, ok }) => ({ to, by, ok }))).toEqual(
    phase_change_log.map(({ target_phase, source_entity, was_successful }) => ({
      to: target_phase,
      by: source_entity,
      ok: was_successful,
    })),
  );
  expect(lines.map(({ request }) => request).slice(3)).toEqual([
    "failed",
    "submitted",
    "aborted",
    "removed",
    "completed",
  ]);
  expect(lines[2]).toMatchObject({ taskforce: id, from: "pre-launch", to: "pending-starter" });
  expect(lines[3]).toMatchObject({ reason: "ERROR: no space" });
});

test("a workflow of many taskforces does not flood the log, but all are counted, and named at the level debug", async () => {
  const service = await startLoggedService({ LOG_LEVEL: "debug" });
  const { url } = service;
  const taskforces = 400;
  const [task] = (JSON.parse(WORKFLOW_REQUEST_JSON) as { tasks: object[] }).tasks;
  const tasks = Array.from({ length: taskforces }, (_, n) => ({ ...task, task_args: `--part ${n}` }));
  const body = JSON.stringify({ public_queue_aliases: [], tasks });
  const created = (await (await fetch(`${url}/v1/workflows`, { method: "POST", body })).json()) as {
    workflow: { workflow_id: string };
  };
  const countOf = (phase: string) =>
    phaseChanges(service)
      .filter(({ to }) => to === phase)
      .reduce((sum, { count }) => sum + Number(count ?? 1), 0);
  await waitUntil("all may be handed out", () => countOf("pending-starter") === taskforces);

  await fetch(`${url}/v1/workflows/${created.workflow.workflow_id}/actions/abort`, { method: "POST" });
  await waitUntil("all are stopped", () => countOf("pending-stopper") === taskforces);

  expect(countOf("pre-mq-activation")).toBe(taskforces);
  expect(countOf("pre-launch")).toBe(taskforces);
  expect(phaseChanges(service).length).toBeLessThan(taskforces / 20);
  const named = service
    .logLines()
    .filter(({ to }) => to === "pending-starter")
    .flatMap(({ taskforce, taskforces: several }) => [taskforce ?? [], several ?? []].flat());
  expect(new Set(named).size).toBe(taskforces);
});

test("in production, a start without AUTH_AUDIENCE logs a warning", async () => {
  const hasWarning = async (settings: Record<string, string>) => {
    const service = await startLoggedService({ AUTH_OPENID_URL: "http://127.0.0.1:9", ...settings });
    return service.logLines().some(({ level, msg }) => level === 40 && msg?.startsWith("AUTH_AUDIENCE is not set"));
  };
  expect(await hasWarning({ NODE_ENV: "production" })).toBe(true);
  expect(await hasWarning({ NODE_ENV: "production", AUTH_AUDIENCE: "wms" })).toBe(false);
  expect(await hasWarning({})).toBe(false);
});
