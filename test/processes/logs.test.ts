import { expect, test } from "vitest";
import { freshDatabase } from "../setup/database.js";
import {
  createSmallWorkflow,
  type LogLine,
  readEntity,
  ServiceProcess,
  WORKFLOW_REQUEST_JSON,
  waitUntil,
  workflowRequestJson,
} from "./serviceProcess.js";

/** Everything in one process, and its log. */
async function service(environment: Record<string, string> = {}): Promise<ServiceProcess> {
  const process = new ServiceProcess("main", { REDIS_URL: await freshDatabase(), ...environment });
  await process.waitForUrl();
  return process;
}

const requests = (process: ServiceProcess): LogLine[] => process.logLines().filter(({ msg }) => msg === "request");

const phaseChanges = (process: ServiceProcess): LogLine[] =>
  process.logLines().filter(({ msg }) => msg === "phase change");

/** The line of a request, once it is written. */
async function lineOf(process: ServiceProcess, id: string): Promise<LogLine> {
  const find = () => requests(process).find(({ request }) => request === id);
  await waitUntil(`a line for ${id}`, () => find() !== undefined);
  return find() ?? {};
}

test("each request leaves one line that names it as its answer does, its route, status, time and caller", async () => {
  const process = await service();
  const url = await process.waitForUrl();

  const answer = await fetch(`${url}/v1/workflows`, { method: "POST", body: WORKFLOW_REQUEST_JSON });

  const line = await lineOf(process, answer.headers.get("x-request-id") ?? "");
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
  expect(requests(process)).toHaveLength(1);
});

test("an id that the client chose names the request, and what no route serves shows its path without the query", async () => {
  const process = await service();
  const headers = { "x-request-id": "from-the-proxy:17" };

  const answer = await fetch(`${await process.waitForUrl()}/v2/nothing?token=s3cret`, { headers });

  expect(answer.headers.get("x-request-id")).toBe("from-the-proxy:17");
  const line = await lineOf(process, "from-the-proxy:17");
  expect(line).toMatchObject({ level: 30, method: "GET", path: "/v2/nothing", status: 404 });
  expect(line).not.toHaveProperty("route");
  expect(process.stderr).not.toContain("s3cret");
});

test("a request that could not be served is an error", async () => {
  // Nothing listens there.
  const process = await service({ MQS_ADDRESS: "http://127.0.0.1:1" });
  const body = workflowRequestJson({ input_queue_aliases: ["in"] });
  const headers = { "x-request-id": "refused" };

  const answer = await fetch(`${await process.waitForUrl()}/v1/workflows`, { method: "POST", body, headers });

  expect(answer.status).toBe(503);
  expect(await lineOf(process, "refused")).toMatchObject({ level: 50, status: 503 });
});

test.each(["info", "debug"])("probes are logged at the level debug only (%s)", async (LOG_LEVEL) => {
  const process = await service({ LOG_LEVEL });
  const url = await process.waitForUrl();
  for (const probe of ["/healthz", "/readyz"]) await fetch(url + probe);
  await fetch(`${url}/v1/`, { headers: { "x-request-id": "last" } });
  await lineOf(process, "last");

  const probes = requests(process).map(({ route, level }) => `${route} ${level}`);
  expect(probes).toEqual(LOG_LEVEL === "info" ? ["/v1/ 30"] : ["/healthz 20", "/readyz 20", "/v1/ 30"]);
});

test("each phase change leaves one line, and what a request caused names the request", async () => {
  const process = await service();
  const url = await process.waitForUrl();
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
  await lineOf(process, "completed");

  const lines = phaseChanges(process);
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
  const process = await service({ LOG_LEVEL: "debug" });
  const url = await process.waitForUrl();
  const taskforces = 400;
  const [task] = (JSON.parse(WORKFLOW_REQUEST_JSON) as { tasks: object[] }).tasks;
  const tasks = Array.from({ length: taskforces }, (_, n) => ({ ...task, task_args: `--part ${n}` }));
  const body = JSON.stringify({ public_queue_aliases: [], tasks });
  const created = (await (await fetch(`${url}/v1/workflows`, { method: "POST", body })).json()) as {
    workflow: { workflow_id: string };
  };
  const countOf = (phase: string) =>
    phaseChanges(process)
      .filter(({ to }) => to === phase)
      .reduce((sum, { count }) => sum + Number(count ?? 1), 0);
  await waitUntil("all may be handed out", () => countOf("pending-starter") === taskforces);

  await fetch(`${url}/v1/workflows/${created.workflow.workflow_id}/actions/abort`, { method: "POST" });
  await waitUntil("all are stopped", () => countOf("pending-stopper") === taskforces);

  expect(countOf("pre-mq-activation")).toBe(taskforces);
  expect(countOf("pre-launch")).toBe(taskforces);
  const atOnce = phaseChanges(process).filter(({ to }) => to !== "pending-starter");
  expect(atOnce.length).toBeLessThan(taskforces / 20);
  // Launched one by one, and gathered by the second.
  expect(phaseChanges(process).length).toBeLessThan(taskforces / 2);
  const named = process
    .logLines()
    .filter(({ to }) => to === "pending-starter")
    .flatMap(({ taskforce, taskforces: several }) => [taskforce ?? [], several ?? []].flat());
  expect(new Set(named).size).toBe(taskforces);
});
