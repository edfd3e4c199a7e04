import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startFaultyProxy } from "../client/faultyProxy.js";
import { ServiceProcess, workflowRequestJson } from "../processes/serviceProcess.js";
import {
  makeTaskRequestAt,
  type ServiceScenario,
  single,
  startServiceScenario,
  type TestAccessPoint,
} from "../scenarios/serviceScenario.js";
import { freshDatabase } from "../setup/database.js";
import { temporaryFolder } from "../setup/temporaryFolder.js";
import { startCli, startOnTerminal } from "./cliProcess.js";

const CTRL_C = "\u0003";
const COLOUR = "\u001b[32m";

let scenario: ServiceScenario;
let env: Record<string, string>;
let at: TestAccessPoint;
beforeAll(async () => {
  scenario = await startServiceScenario();
  env = { EWMS_URL: scenario.url };
});
afterAll(() => scenario.close());
beforeEach(() => {
  at = scenario.nextAccessPoint();
});

/** Writes a request for a workflow of ten workers at the access point of the test. @returns its path */
async function requestFile(): Promise<string> {
  const path = join(await temporaryFolder(), "request.json");
  writeFileSync(path, workflowRequestJson({ cluster_locations: [at.location], n_workers: 10 }));
  return path;
}

const idIn = (text: string): string => /WF-[0-9a-f]+-[0-9a-f]{8}/.exec(text)?.[0] ?? "";

/** Reports the statuses of the workers as a TMS. */
const report = (uuid: string, statuses: Record<string, Record<string, number>>) =>
  scenario.request("POST", "/v1/tms/statuses/taskforces", {
    compound_statuses_by_taskforce: { [uuid]: statuses },
  });

describe("on a terminal", () => {
  test("submit --watch draws bars that follow the workers, until the workflow has ended", async () => {
    const command = startOnTerminal(["submit", await requestFile(), "--watch"], env);
    await command.waitForOutput(/created: 1 task, 1 taskforce/);
    await command.waitForOutput(/1 task:1 ░{24} 1 waiting to start; 0 of 10 workers running/);
    await command.waitForOutput(new RegExp(`1 taskforce is waiting for schedd ${at.schedd}`, "i"));
    await at.createTms.submit(await scenario.leaseToStart(at.createTms));
    const workflow = idIn(command.text);
    const { body } = await scenario.request<{ taskforces: { taskforce_uuid: string }[] }>(
      "POST",
      "/v1/query/taskforces",
      {
        query: { workflow_id: workflow },
      },
    );
    const { taskforce_uuid } = single(body.taskforces);
    await report(taskforce_uuid, {
      RUNNING: { Tasking: 5 },
      "HELD: memory": { null: 2 },
      COMPLETED: { Done: 3 },
    });
    await command.waitForOutput(/▓{7}█{12}▒{5} 1 submitted; 5 of 10 workers running, 2 held, 3 ended/);
    expect(command.stdout).toContain(COLOUR);
    await report(taskforce_uuid, { RUNNING: { Tasking: 3 }, COMPLETED: { Done: 3 }, REMOVED: { null: 4 } });
    await command.waitForOutput(/▓{7}×{10}█{7} 1 submitted; 3 of 10 workers running, 3 ended, 4 removed/);
    await scenario.deactivate(workflow, "finished");
    const stopping = await scenario.leaseToStop(at.createTms);
    await at.createTms.remove(stopping);
    await at.createTms.complete(stopping);
    const { code } = await command.result;
    expect(command.text).toContain("finished, 1 taskforce");
    expect(code).toBe(0);
  });

  test.each([80, 120])("watch fits into %i columns, with errors first and their texts", async (columns) => {
    const { uuid, workflowId } = await scenario.createRunning(at);
    await scenario.request("POST", "/v1/tms/statuses/taskforces", {
      top_task_errors_by_taskforce: {
        [uuid]: { [`disk 1 is full\n${"of frames ".repeat(20)}`]: 3, "disk 2 is full": 1 },
      },
      compound_statuses_by_taskforce: { [uuid]: { "HELD: memory": { null: 4 }, COMPLETED: { Done: 123 } } },
    });
    const command = startOnTerminal(["watch", workflowId], env, { columns });
    await command.waitForOutput(/1 reco:v2\.1\.0 [^\n]* 4 errors, 1 submitted; 0 of/);
    await command.waitForOutput(/3 × disk 1 is full ⏎ of frames [^\n]*…\r?\n1 × disk 2 is full/);
    const widths = command.text.split(/\r?\n/).map((line) => line.length);
    expect(Math.max(...widths)).toBe(columns);
    command.typeKeys(CTRL_C);
    expect((await command.result).code).toBe(130);
  });

  test("watch of an aborted workflow exits with 1, also if no taskforce ever ran", async () => {
    const { workflow_id } = await scenario.createPending(at);
    const command = startOnTerminal(["watch", workflow_id], env);
    await command.waitForOutput(/1 waiting to start/);
    await scenario.deactivate(workflow_id, "abort");
    expect((await command.result).code).toBe(1);
    expect(command.text).toContain("aborted");
  });

  test("Ctrl-C ends the watch with 130, restores the cursor, and does not change the workflow", async () => {
    const { workflow_id } = await scenario.createPending(at);
    const command = startOnTerminal(["watch", workflow_id], env);
    await command.waitForOutput(/1 waiting to start/);
    command.typeKeys(CTRL_C);
    expect((await command.result).code).toBe(130);
    const lastOf = (sequence: string) => command.stdout.lastIndexOf(sequence);
    expect(lastOf("\u001b[?25h")).toBeGreaterThan(lastOf("\u001b[?25l"));
    expect((await scenario.readWorkflow(workflow_id)).deactivated).toBeNull();
  });

  test("NO_COLOR disables colours", async () => {
    const { workflow_id } = await scenario.createPending(at);
    const command = startOnTerminal(["why", workflow_id], { ...env, NO_COLOR: "1" });
    await command.result;
    expect(command.text).toContain(`${workflow_id} is running.`);
    expect(command.stdout).not.toContain("\u001b[");
  });

  test.each([
    ["y", 0, "ABORTED"],
    ["n", 1, null],
    ["", 1, null],
  ])("abort asks for a confirmation, and exits after %j with %i", async (answer, code, deactivated) => {
    const { workflow_id } = await scenario.createPending(at);
    const command = startOnTerminal(["abort", workflow_id], env);
    await command.waitForOutput(/Abort \S+ and stop its workers\? \[y\/N\]/);
    command.typeKeys(`${answer}\r`);
    expect((await command.result).code).toBe(code);
    expect(command.text).toContain(code === 0 ? "is aborted, 1 taskforce to be stopped" : "nothing has changed");
    expect((await scenario.readWorkflow(workflow_id)).deactivated).toBe(deactivated);
  });

  test("Ctrl-C instead of an answer ends with 130 and changes nothing", async () => {
    const { workflow_id } = await scenario.createPending(at);
    const command = startOnTerminal(["finish", workflow_id], env);
    await command.waitForOutput(/\[y\/N\]/);
    command.typeKeys(CTRL_C);
    expect((await command.result).code).toBe(130);
    expect((await scenario.readWorkflow(workflow_id)).deactivated).toBeNull();
  });

  test.each([80, 120])("ls fits into %i columns, with the newest last", async (columns) => {
    const first = await scenario.createPending(at);
    const headers = { "ewms-name": `${"A long name ".repeat(8)}of ${columns}` };
    const body = workflowRequestJson({ cluster_locations: [at.location] });
    const created = await fetch(`${scenario.url}/v1/workflows`, { method: "POST", headers, body });
    const newest = idIn(await created.text());
    const command = startOnTerminal(["ls"], env, { columns });
    expect((await command.result).code).toBe(0);
    const lines = command.text.replaceAll("\r", "").trimEnd().split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
    expect(lines.at(-1)).toMatch(new RegExp(`^A long name.*… +${newest} +\\d+ s ago +-  `));
    expect(lines.at(-2)).toMatch(new RegExp(`^- +${first.workflow_id} `));
  });

  test.each([80, 120])("show fits into %i columns and 24 rows", async (columns) => {
    const args = "--option value ".repeat(20);
    const tasks = Array.from({ length: 9 }, (_, n) => makeTaskRequestAt([at.location], { task_args: `${n} ${args}` }));
    const { workflow } = await scenario.submitWorkflow(tasks);
    const command = startOnTerminal(["show", workflow.workflow_id], env, { columns, rows: 24 });
    expect((await command.result).code).toBe(0);
    const lines = command.text.replaceAll("\r", "").trimEnd().split("\n");
    const screenLines = lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / columns)), 1);
    expect(screenLines).toBeLessThanOrEqual(24);
    expect(lines.filter((line) => line.endsWith("…")).map((line) => line.length)).toContain(columns);
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}and \d more tasks$/));
  });

  test("ls --watch draws the list again, also after an outage, until Ctrl-C ends it with 130", async () => {
    const { workflow_id } = await scenario.createPending(at);
    const proxy = await startFaultyProxy(scenario.url);
    const command = startOnTerminal(["ls", at.schedd, "--watch", "--patience", "0"], { EWMS_URL: proxy.url });
    await command.waitForOutput(new RegExp(`${workflow_id} +\\d+ s ago`));
    proxy.setNextFates("page 502");
    await command.waitForOutput(/could not reach \S+: 502/);
    const other = await scenario.createPending(at);
    await command.waitForOutput(new RegExp(`${workflow_id} [^\n]+\r?\n[^\n]*${other.workflow_id} `));
    command.typeKeys(CTRL_C);
    expect((await command.result).code).toBe(130);
  });

  test("query prints a table", async () => {
    await scenario.submitWorkflow([makeTaskRequestAt([at.location])]);
    const command = startOnTerminal(["query", "taskforces", "-f", JSON.stringify({ schedd: at.schedd })], env);
    expect((await command.result).code).toBe(0);
    expect(command.text).toMatch(/^taskforce_uuid +phase +schedd +n_workers +cluster_id\r?\nTF-/);
  });
});

describe("in a pipe", () => {
  test("watch prints a line for each change, without colours, until the workflow has ended", async () => {
    const { workflow_id, taskforce_uuid } = await scenario.createPending(at);
    const command = startCli(["watch", workflow_id], { env });
    await command.waitForOutput(/1 waiting to start; 0 of 1 worker running/);
    const handOut = await scenario.leaseToStart(at.createTms);
    await at.createTms.submitFailed(handOut, "no space\r\n\ton /scratch\u0007\n\nin total\n");
    await command.waitForOutput(
      new RegExp(`${taskforce_uuid} failed condor-submit: ERROR: no space ⏎ on /scratch� ⏎ in total`),
    );
    await scenario.deactivate(workflow_id, "finished");
    const { code, stdout, stderr } = await command.result;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^\S+Z WF-\S+ finished$/m);
    expect(stdout).not.toContain("\u001b");
    const lines = stdout
      .trimEnd()
      .split("\n")
      .map((line) => line.replace(/^\S+ /, ""));
    expect(lines).toEqual(lines.filter((line, index) => line !== lines[index - 1]));
  });

  test("SIGINT ends the watch with 130", async () => {
    const { workflow_id } = await scenario.createPending(at);
    const command = startCli(["watch", workflow_id], { env });
    await command.waitForOutput(/1 waiting to start/);
    command.child.kill("SIGINT");
    expect(await command.result).toMatchObject({ code: 130, stderr: "" });
  });

  test("a watch continues after a restart of the service", async () => {
    const settings = { REDIS_URL: await freshDatabase() };
    const first = new ServiceProcess("main", settings);
    const url = await first.waitForUrl();
    const created = await fetch(`${url}/v1/workflows`, { method: "POST", body: workflowRequestJson() });
    const workflow = idIn(await created.text());
    const command = startCli(["watch", workflow, "--url", url]);
    await command.waitForOutput(/1 waiting to start/);
    first.signal("SIGKILL");
    await first.waitForExit();
    await command.waitForOutput(/ewms: lost the event stream/);
    const second = new ServiceProcess("main", { ...settings, REST_PORT: new URL(url).port });
    await second.waitForUrl();
    await fetch(`${url}/v1/workflows/${workflow}/actions/finished`, { method: "POST" });
    expect(await command.result).toMatchObject({ code: 0, stdout: expect.stringContaining("finished") });
  });
});
