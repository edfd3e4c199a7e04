import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeTaskRequestAt, type ServiceScenario, single, startServiceScenario } from "../scenarios/serviceScenario.js";
import { waitForValue } from "../setup/waitFor.js";
import type { ProcessResult, StartOptions } from "./cliProcess.js";
import { runCli } from "./runCli.js";

let scenario: ServiceScenario;
beforeAll(async () => {
  scenario = await startServiceScenario({ TMS_RETRY_WAIT: "0" });
});
afterAll(() => scenario.close());

const runWith = (options: StartOptions, ...args: string[]): Promise<ProcessResult> =>
  runCli(args, { ...options, env: { EWMS_URL: scenario.url } });
const run = (...args: string[]): Promise<ProcessResult> => runWith({}, ...args);
const linesOf = ({ stdout }: ProcessResult): string[] => stdout.trimEnd().split("\n");
const jsonOf = async (...args: string[]): Promise<Record<string, unknown>[]> =>
  linesOf(await run(...args, "--json")).map((line) => JSON.parse(line) as Record<string, unknown>);

/** Reports statuses and errors of a taskforce as a TMS, and waits until the summary has them. */
async function report(workflowId: string, uuid: string, errors: Record<string, number>, compound: object) {
  const body = {
    top_task_errors_by_taskforce: { [uuid]: errors },
    compound_statuses_by_taskforce: { [uuid]: compound },
  };
  expect((await scenario.request("POST", "/v1/tms/statuses/taskforces", body)).status).toBe(200);
  await waitForValue(
    "the summary has the errors",
    () => scenario.request<{ top_task_errors: object }>("GET", `/v1/workflows/${workflowId}/summary`),
    (answer) => Object.keys(answer.body.top_task_errors).length === Object.keys(errors).length,
  );
}

const ERRORS = {
  "Traceback:\n  frame 12 of TF-6b05-11112222\nOSError: disk 3 is full\u001b[31m": 4,
  "Traceback:\n  frame 7 of TF-6b05-33334444\nOSError: disk 1 is full\u001b[31m": 2,
  "no such file: gcd.i3": 5,
};

describe("errors", () => {
  test("folds texts that differ in ids and numbers, by task, and keeps their line breaks", async () => {
    const at = scenario.nextAccessPoint();
    const { uuid, workflowId, taskId } = await scenario.createRunning(at);
    await report(workflowId, uuid, ERRORS, { RUNNING: { Tasking: 1 } });
    expect((await run("errors", workflowId)).stdout).toBe(
      `Task 1 reco:v2.1.0, ${taskId}: 11 errors\n` +
        "  6 × Traceback:\n      frame 12 of TF-6b05-11112222\n    OSError: disk 3 is full�[31m\n" +
        "    in 2 texts that differ in ids and numbers\n" +
        "  5 × no such file: gcd.i3\n",
    );
    const groups = await jsonOf("errors", workflowId);
    expect(groups).toEqual([
      { kind: "task-error", task_id: taskId, text: Object.keys(ERRORS)[0], count: 6, n_texts: 2 },
      { kind: "task-error", task_id: taskId, text: "no such file: gcd.i3", count: 5, n_texts: 1 },
    ]);
  });

  test("shows failed attempts with phase and schedd", async () => {
    const at = scenario.nextAccessPoint();
    const { workflow_id } = await scenario.createPending(at);
    for (const size of [17, 23])
      await at.createTms.submitFailed(await scenario.leaseToStart(at.createTms), `spool has ${size} MB left`);
    const shown = await waitForValue(
      "both failures",
      () => run("errors", workflow_id),
      ({ stdout }) => stdout.startsWith("2 failed attempts\n"),
    );
    expect(linesOf(shown).slice(1)).toEqual([
      "  2 × ERROR: spool has 23 MB left",
      "    in 2 texts that differ in ids and numbers",
      `    condor-submit at ${at.schedd}`,
    ]);
  });

  test("of a workflow without errors says so", async () => {
    const { workflow } = await scenario.submitWorkflow([makeTaskRequestAt(["pool-39"])]);
    const id = workflow.workflow_id;
    expect((await run("errors", id)).stdout).toBe(`${id} has no errors; ewms why ${id} explains waits.\n`);
    expect(await run("errors", "WF-0-00000000")).toMatchObject({ code: 3, stdout: "" });
  });
});

describe("logs", () => {
  test("shows the commands to read logs and queue at each access point", async () => {
    const at = scenario.nextAccessPoint();
    const { uuid, workflowId, taskId, report: submitted } = await scenario.createRunning(at);
    await scenario.addWorkers(taskId, "pool-39");
    const expected = [
      at.schedd,
      `  ssh ${at.schedd} tail -f ${submitted.job_event_log_fpath}`,
      `  ssh ${at.schedd} condor_q ${submitted.cluster_id}    # ${uuid}`,
    ];
    expect(linesOf(await run("logs", workflowId))).toEqual([
      ...expected,
      "",
      "1 taskforce without a cluster: not submitted to HTCondor",
    ]);
    expect(linesOf(await run("logs", uuid))).toEqual(expected);
    expect(await jsonOf("logs", uuid)).toEqual([
      {
        taskforce_uuid: uuid,
        phase: "condor-submit",
        schedd: at.schedd,
        cluster_id: submitted.cluster_id,
        job_event_log_fpath: submitted.job_event_log_fpath,
      },
    ]);
  });

  test("of an ended cluster asks for its history, and quotes a path that a shell would execute", async () => {
    const at = scenario.nextAccessPoint();
    const { workflow_id, taskforce_uuid } = await scenario.createPending(at);
    const handOut = await scenario.leaseToStart(at.createTms);
    await at.createTms.submit(handOut, { cluster_id: 77, job_event_log_fpath: "/logs/$(rm it) here" });
    await scenario.deactivate(workflow_id, "finished");
    const stopping = await scenario.leaseToStop(at.createTms);
    await at.createTms.remove(stopping);
    expect(linesOf(await run("logs", workflow_id))).toEqual([
      at.schedd,
      `  ssh ${at.schedd} 'tail -f '\\''/logs/$(rm it) here'\\'''`,
      `  ssh ${at.schedd} condor_history 77    # ${taskforce_uuid}`,
    ]);
  });

  test("of a workflow without clusters says so, and of an unknown one fails", async () => {
    const { workflow } = await scenario.submitWorkflow([makeTaskRequestAt(["pool-39"])]);
    const id = workflow.workflow_id;
    expect((await run("logs", id)).stdout).toContain(`${id} has no logs: none of its taskforces was submitted`);
    expect(await run("logs", "TK-0-00000000-00000000")).toMatchObject({ code: 3, stdout: "" });
  });
});

describe("show", () => {
  test("shows state, findings, tasks, places and errors of a workflow", async () => {
    const at = scenario.nextAccessPoint();
    const response = await fetch(`${scenario.url}/v1/workflows`, {
      method: "POST",
      headers: { "ewms-name": "Cascades", "ewms-labels": "season=IC86, urgent=" },
      body: JSON.stringify({
        tasks: [makeTaskRequestAt([at.location], { n_workers: 10 })],
        public_queue_aliases: [],
        priority: 70,
      }),
    });
    const { workflow } = (await response.json()) as { workflow: { workflow_id: string } };
    const id = workflow.workflow_id;
    await at.createTms.submit(await scenario.leaseToStart(at.createTms));
    const { body } = await scenario.request<{ taskforces: { taskforce_uuid: string }[] }>(
      "POST",
      "/v1/query/taskforces",
      { query: { workflow_id: id } },
    );
    await report(id, single(body.taskforces).taskforce_uuid, ERRORS, { "HELD: no memory": { null: 10 } });
    const shown = await run("show", id);
    expect(linesOf(shown)).toEqual([
      "Cascades",
      id,
      expect.stringMatching(/^State: {4}needs attention: .*held.*no memory/),
      expect.stringMatching(/^Created: {2}\S+Z, \d+ s ago by anonymous$/),
      "Priority: 70",
      "Labels:   season=IC86, urgent",
      `Places:   ${at.location}, at ${at.schedd}`,
      "          1 taskforce: 1 submitted",
      "",
      expect.stringMatching(/held.*no memory.*\.$/),
      "  Repair the cause that the hold reasons name, or abort the workflow.",
      "",
      "1 task",
      "  1 reco:v2.1.0, 0 of 10 workers running, 10 held, 11 errors: reconstruct --infile {{INFILE}} --outfile {{OUTFILE}}",
      "",
      "Errors",
      "  6 × Traceback: ⏎ frame 12 of TF-6b05-11112222 ⏎ OSError: disk 3 is full�[31m",
      "  5 × no such file: gcd.i3",
      "",
      `More: ewms errors ${id}, ewms logs ${id}`,
    ]);
    const [json] = await jsonOf("show", id);
    expect(json).toMatchObject({
      row: { workflow_id: id, name: "Cascades" },
      summary: { workflow_id: id, n_taskforces: 1 },
      directives: [{ workflow_id: id }],
      schedds: [at.schedd],
    });
  });

  test("fits a workflow of many tasks on a screen of 80 columns and 24 rows", async () => {
    const args = "--option ".repeat(20);
    const tasks = Array.from({ length: 9 }, (_, n) =>
      makeTaskRequestAt(["pool-38", "pool-39"], { task_args: `${n} ${args}` }),
    );
    const { workflow } = await scenario.submitWorkflow(tasks);
    const lines = linesOf(await runWith({ columns: 80 }, "show", workflow.workflow_id));
    const screen = lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / 80)), 1);
    expect(screen).toBeLessThanOrEqual(24);
    const ofTasks = lines.filter((line) =>
      /^ {2}\d reco:v2\.1\.0, 0 of 2 workers running: \d --option .*…$/.test(line),
    );
    expect(lines).toContain(`  and ${9 - ofTasks.length} more tasks`);
    expect(new Set(ofTasks.map((line) => line.length))).toEqual(new Set([80]));
  });

  test("of an unknown workflow exits with 3", async () => {
    expect(await run("show", "WF-0-00000000")).toMatchObject({ code: 3, stdout: "" });
  });
});

describe("retry and open", () => {
  test("retry hands dead letters out again", async () => {
    const at = scenario.nextAccessPoint();
    const { workflow_id } = await scenario.createPending(at);
    expect((await run("retry", workflow_id)).stdout).toBe(`${workflow_id} has no dead letters to retry\n`);
    for (let n = 0; n < 3; n++)
      await at.createTms.submitFailed(await scenario.leaseToStart(at.createTms), "the spool is full");
    const retried = await waitForValue(
      "a dead letter is retried",
      () => run("retry", workflow_id),
      ({ stdout }) => stdout.includes("1 taskforce"),
    );
    expect(retried).toEqual({
      code: 0,
      stdout: `${workflow_id}: 1 taskforce will be handed out again\n`,
      stderr: "",
    });
    expect(await scenario.leaseToStart(at.createTms)).toBeDefined();
  });

  test("open prints the address of the page, also below a path", async () => {
    const { workflow } = await scenario.submitWorkflow([makeTaskRequestAt(["pool-39"])]);
    const id = workflow.workflow_id;
    const { stdout } = await run("open", id);
    expect(stdout).toBe(`${scenario.url}/workflows/${id}\n`);
    const page = await fetch(stdout.trim(), { headers: { accept: "text/html" } });
    expect(page.headers.get("content-type")).toContain("text/html");
    expect((await run("open", id, "--url", "https://example.org/wms/v1")).stdout).toBe(
      `https://example.org/wms/workflows/${id}\n`,
    );
  });
});
