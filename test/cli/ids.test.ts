import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CreatedWorkflow } from "../api/requestBodies.js";
import { makeTaskRequestAt, type ServiceScenario, single, startServiceScenario } from "../scenarios/serviceScenario.js";
import { temporaryFolder } from "../setup/temporaryFolder.js";
import type { ProcessResult } from "./cliProcess.js";
import { runCli } from "./runCli.js";

let scenario: ServiceScenario;
let first: CreatedWorkflow;
let second: CreatedWorkflow;
beforeAll(async () => {
  scenario = await startServiceScenario();
  first = await scenario.submitWorkflow([makeTaskRequestAt(["pool-38"])]);
  second = await scenario.submitWorkflow([makeTaskRequestAt(["pool-38"])]);
});
afterAll(() => scenario.close());

const run = (...args: string[]): Promise<ProcessResult> => runCli(args, { env: { EWMS_URL: scenario.url } });
const idOf = ({ workflow }: CreatedWorkflow): string => workflow.workflow_id;

describe("the beginning of an id", () => {
  /** All but the last two characters, by which the ids of these tests differ. */
  const beginningOf = (id: string): string => id.slice(0, -2);

  test("stands for the whole id", async () => {
    const id = idOf(first);
    expect(JSON.parse((await run("get", beginningOf(id))).stdout)).toEqual(first.workflow);
    const directive = single(first.task_directives);
    expect(JSON.parse((await run("get", beginningOf(directive.task_id))).stdout)).toEqual(directive);
    const { taskforce_uuid } = single(first.taskforces);
    expect(JSON.parse((await run("get", beginningOf(taskforce_uuid))).stdout)).toMatchObject({ taskforce_uuid });
    expect((await run("ids", "--tasks", beginningOf(id))).stdout).toBe(`${directive.task_id}\n`);
    expect((await run("why", beginningOf(id))).stdout).toContain(`${id} is running.`);
    const added = await run("add-workers", beginningOf(directive.task_id), "--location", "pool-38");
    expect(added.stdout).toContain(directive.task_id.slice(3));
  });

  test("of several ids is refused, and the error lists up to five", async () => {
    const common = idOf(first).slice(0, 5);
    const two = await run("get", common);
    expect(two).toEqual({
      code: 2,
      stdout: "",
      stderr: `ewms: several ids begin with ${common}: give more of one: ${idOf(second)}, ${idOf(first)}\n`,
    });
    for (let n = 0; n < 4; n++) await scenario.submitWorkflow([makeTaskRequestAt(["pool-38"])]);
    const { stderr } = await run("get", common);
    expect(stderr.match(/WF-[0-9a-f]+-[0-9a-f]{8}/g)).toHaveLength(5);
    expect(stderr).toMatch(/, …\n$/);
  });

  test("does not stand for a workflow that only mentions it", async () => {
    const response = await fetch(`${scenario.url}/v1/workflows`, {
      method: "POST",
      headers: { "ewms-name": "repeats WF-7777" },
      body: JSON.stringify({ tasks: [makeTaskRequestAt(["pool-38"])], public_queue_aliases: [] }),
    });
    expect(response.status).toBe(200);
    expect(await run("get", "WF-7777")).toMatchObject({
      code: 3,
      stderr: "ewms: no workflow found with id: WF-7777\n",
    });
  });
});

describe("the last id, -", () => {
  test("is that of the last command that succeeded at this service", async () => {
    const env = { EWMS_URL: scenario.url, XDG_CACHE_HOME: await temporaryFolder() };
    const here = (...args: string[]) => runCli(args, { env });
    expect(await here("get", "-")).toMatchObject({
      code: 2,
      stderr: `ewms: there is no last id at ${scenario.url} yet: give one; ewms ls lists workflows\n`,
    });
    await here("get", idOf(first));
    await here("get", "WF-0-00000000");
    expect(JSON.parse((await here("get", "-")).stdout)).toEqual(first.workflow);
    await here("why", single(second.taskforces).taskforce_uuid);
    expect((await here("ids", "--taskforces", "-")).stdout, "the workflow of the taskforce").toBe(
      `${single(second.taskforces).taskforce_uuid}\n`,
    );
    expect(await here("add-workers", "-", "--location", "pool-38")).toMatchObject({
      code: 2,
      stderr: `ewms: ${idOf(second)} is the id of a workflow; expected the id of a task directive\n`,
    });
    const other = await runCli(["get", "-", "--url", "http://127.0.0.1:9"], { env });
    expect(other.stderr).toContain("no last id at http://127.0.0.1:9 yet");
  });

  test("is that of a new workflow, and only its owner can read the file", async () => {
    const cache = await temporaryFolder();
    const env = { EWMS_URL: scenario.url, XDG_CACHE_HOME: cache };
    const input = JSON.stringify({ tasks: [makeTaskRequestAt(["pool-38"])], public_queue_aliases: [] });
    const { stdout } = await runCli(["submit", "--quiet", "-"], { env, input });
    const path = join(cache, "ewms", "last-ids.json");
    expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({ [scenario.url]: stdout.trim() });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const { stdout: shown } = await runCli(["get", "-"], { env });
    expect(JSON.parse(shown)).toMatchObject({ workflow_id: stdout.trim() });
  });
});
