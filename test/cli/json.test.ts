import { afterAll, beforeAll, expect, test } from "vitest";
import { makeTaskRequestAt, type ServiceScenario, startServiceScenario } from "../scenarios/serviceScenario.js";
import { waitForValue } from "../setup/waitFor.js";
import { runCli } from "./runCli.js";

let scenario: ServiceScenario;
beforeAll(async () => {
  scenario = await startServiceScenario();
});
afterAll(() => scenario.close());

/** The objects that a command prints with `--json`, one in each line. */
async function jsonOf(...args: string[]): Promise<Record<string, unknown>[]> {
  const { stdout, stderr } = await runCli([...args, "--json"], { env: { EWMS_URL: scenario.url } });
  expect(stderr).toBe("");
  const lines = stdout.split("\n").filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

const bodyOf = async <T = object>(path: string): Promise<T> => (await scenario.request<T>("GET", path)).body;

test("get, annotate, system and ls print whole objects in one line each", async () => {
  const { workflow } = await scenario.submitWorkflow([makeTaskRequestAt(["pool-38"])]);
  const id = workflow.workflow_id;
  expect(await jsonOf("get", id)).toEqual([workflow]);
  expect(await jsonOf("annotate", id)).toEqual([await bodyOf(`/v1/workflows/${id}/annotations`)]);
  expect(await jsonOf("system")).toEqual([expect.objectContaining({ layout: { version: 2, partitions: 16 } })]);
  expect(await jsonOf("ls", id)).toEqual([expect.objectContaining({ workflow_id: id, name: null, priority: 50 })]);
});

test("ids prints a task, then its taskforces", async () => {
  const { workflow, task_directives, taskforces } = await scenario.submitWorkflow([
    makeTaskRequestAt(["pool-38", "pool-39"]),
    makeTaskRequestAt(["pool-39"]),
  ]);
  const listed = await jsonOf("ids", workflow.workflow_id);
  expect(listed).toHaveLength(5);
  for (const { task_id } of task_directives) {
    const start = listed.findIndex((each) => each["task_id"] === task_id);
    const own = taskforces.filter((taskforce) => taskforce.task_id === task_id);
    expect(listed[start]).toEqual({ task_id });
    expect(new Set(listed.slice(start + 1, start + 1 + own.length))).toEqual(
      new Set(own.map(({ taskforce_uuid }) => ({ task_id, taskforce_uuid }))),
    );
  }
  expect(await jsonOf("ids", workflow.workflow_id, "--taskforces")).toHaveLength(3);
});

test("why prints the findings of a workflow, a taskforce and the service", async () => {
  const at = scenario.nextAccessPoint();
  const { workflow_id, taskforce_uuid } = await scenario.createPending(at);
  const silent = { code: "schedd-silent", action: expect.stringContaining("TMS") };
  const found = await waitForValue(
    "the finding is there",
    () => jsonOf("why", workflow_id),
    ({ length }) => length > 0,
  );
  expect(found).toEqual([expect.objectContaining(silent)]);
  expect(await jsonOf("why", taskforce_uuid)).toEqual([expect.objectContaining(silent)]);
  expect(await jsonOf("why")).toContainEqual(
    expect.objectContaining({ code: "schedd-silent", subject: { kind: "schedd", id: at.schedd } }),
  );
});

test("watch prints the summary for each change, until the workflow has ended", async () => {
  const at = scenario.nextAccessPoint();
  const { workflowId } = await scenario.createInPhase("pending-stopper", at);
  const watched = jsonOf("watch", workflowId);
  await at.createTms.remove(await scenario.leaseToStop(at.createTms));
  const summaries = await watched;
  expect(summaries.at(-1)).toMatchObject({
    workflow_id: workflowId,
    deactivated: "ABORTED",
    taskforces_by_phase: { "condor-rm": 1 },
  });
  expect(new Set(summaries.map((each) => JSON.stringify(each["taskforces_by_phase"]))).size).toBe(summaries.length);
});
