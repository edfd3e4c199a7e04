import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { startScriptedMqs } from "../mqs/scriptedMqs.js";
import { makeTaskRequestAt, type ServiceScenario, startServiceScenario } from "../scenarios/serviceScenario.js";
import type { ProcessResult } from "./cliProcess.js";
import { runCli } from "./runCli.js";

let scenario: ServiceScenario;
beforeAll(async () => {
  scenario = await startServiceScenario();
});
afterAll(() => scenario.close());

const run = (...args: string[]): Promise<ProcessResult> => runCli(args, { env: { EWMS_URL: scenario.url } });

/** A request with all fields, three tasks in a chain, and an internal queue between each two of them. */
const REQUEST = {
  public_queue_aliases: ["frames", "queue-1"],
  priority: 70,
  tasks: [
    makeTaskRequestAt(["pool-1", "pool-2"], {
      task_env: { A: "1" },
      init_image: "/cvmfs/init:v1",
      init_args: "--setup",
      init_env: { B: "2" },
      input_queue_aliases: ["frames"],
      output_queue_aliases: ["pixels", "log"],
      pilot_config: { tag: "1.0.3", image_source: "cvmfs", environment: { T: 5 }, input_files: ["/a"] },
      n_workers: 7,
    }),
    makeTaskRequestAt(["pool-3"], { input_queue_aliases: ["pixels"], output_queue_aliases: ["tracks"] }),
    makeTaskRequestAt(["pool-3"], { input_queue_aliases: ["tracks", "log"], output_queue_aliases: ["queue-1"] }),
  ],
};

async function submit(request: object, headers: Record<string, string> = {}): Promise<string> {
  const response = await fetch(`${scenario.url}/v1/workflows`, {
    method: "POST",
    headers,
    body: JSON.stringify(request),
  });
  const { workflow } = (await response.json()) as { workflow: { workflow_id: string } };
  return workflow.workflow_id;
}

const dryRun = async (id: string) =>
  JSON.parse((await run("clone", id, "--dry-run")).stdout) as typeof REQUEST & { tasks: Record<string, unknown>[] };

test("clone --dry-run prints the request and creates nothing", async () => {
  const id = await submit(REQUEST);
  const count = async () => (await run("ls", "--json", "--all")).stdout.trimEnd().split("\n").length;
  const before = await count();
  const request = await dryRun(id);
  expect(await count()).toBe(before);
  expect(request).toEqual({
    ...REQUEST,
    tasks: REQUEST.tasks.map((task) => ({
      pilot_config: expect.objectContaining({ image_source: "cvmfs" }),
      n_workers: 1,
      task_env: {},
      ...task,
    })),
  });
});

test("a clone has the tasks, workers, name and labels of its source, and can be cloned again", async () => {
  const id = await submit(REQUEST, { "ewms-name": "Cascades", "ewms-labels": "season=IC86, run=1" });
  const [task] = (await run("ids", "--tasks", id)).stdout.split("\n");
  await scenario.addWorkers(task ?? "", "pool-9", 99);
  const { stdout, code } = await run("clone", id, "--label", "run=2");
  expect(stdout).toMatch(new RegExp(`^WF-\\S+ created like ${id}: 3 tasks, 4 taskforces\n$`));
  expect(code).toBe(0);
  const clone = stdout.split(" ")[0] ?? "";
  expect(JSON.parse((await run("annotate", clone, "--json")).stdout)).toMatchObject({
    name: "Cascades",
    labels: { season: "IC86", run: "2" },
  });
  expect(await dryRun(clone)).toEqual(await dryRun(id));
  const named = await run("clone", id, "--quiet", "--name", "");
  expect(JSON.parse((await run("annotate", named.stdout.trim(), "--json")).stdout)).toMatchObject({ name: null });
});

test("a submitted workflow is cloned with the workers of its request", async () => {
  const at = scenario.nextAccessPoint();
  const { workflowId } = await scenario.createRunning(at);
  const { tasks } = await dryRun(workflowId);
  expect(tasks).toEqual([expect.objectContaining({ n_workers: 1, cluster_locations: [at.location] })]);
});

test("the queues of a clone have the aliases that an external MQS knows", async () => {
  const mqs = await startScriptedMqs();
  const other = await startServiceScenario({ MQS_ADDRESS: mqs.address });
  onTestFinished(async () => {
    await other.close();
    await mqs.close();
  });
  const { workflow } = await other.submitWorkflow(REQUEST.tasks, REQUEST);
  const { code, stdout } = await runCli(["clone", workflow.workflow_id, "--dry-run"], { env: { EWMS_URL: other.url } });
  expect(code).toBe(0);
  const { tasks, public_queue_aliases } = JSON.parse(stdout) as typeof REQUEST;
  const aliasesOf = (of: typeof REQUEST.tasks) =>
    of.map(({ input_queue_aliases, output_queue_aliases }) => [input_queue_aliases, output_queue_aliases]);
  expect(aliasesOf(tasks)).toEqual(aliasesOf(REQUEST.tasks));
  expect(public_queue_aliases).toEqual(REQUEST.public_queue_aliases);
});

test("clone of an unknown workflow exits with 3", async () => {
  expect(await run("clone", "WF-0-00000000")).toMatchObject({ code: 3, stdout: "" });
});
