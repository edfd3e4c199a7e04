import { afterAll, beforeAll, expect, it } from "vitest";
import { makeTaskRequestAt, type ServiceScenario, startServiceScenario } from "../scenarios/serviceScenario.js";

let scenario: ServiceScenario;
beforeAll(async () => {
  scenario = await startServiceScenario();
});
afterAll(() => scenario.close());

it("lists internal and public queues by alias, without credentials", async () => {
  const at = scenario.nextAccessPoint();
  const created = await scenario.submitWorkflow(
    [
      makeTaskRequestAt([at.location], { output_queue_aliases: ["maps"] }),
      makeTaskRequestAt([at.location], { input_queue_aliases: ["maps"], output_queue_aliases: ["found"] }),
    ],
    { public_queue_aliases: ["found"] },
  );
  for (const { taskforce_uuid } of created.taskforces) await scenario.waitForPhase(taskforce_uuid, "pending-starter");
  const [, second] = created.task_directives;
  const response = await scenario.request("GET", `/v1/workflows/${created.workflow.workflow_id}/queues`);
  expect(response.status).toBe(200);
  expect(response.body).toEqual({
    queues: [
      { mqid: second?.output_queues[0], alias: "found", is_public: true },
      { mqid: second?.input_queues[0], alias: "maps", is_public: false },
    ],
  });
});

it("lists none for a workflow without queues", async () => {
  const { workflow } = await scenario.submitWorkflow([makeTaskRequestAt([scenario.nextAccessPoint().location])]);
  const response = await scenario.request("GET", `/v1/workflows/${workflow.workflow_id}/queues`);
  expect(response).toMatchObject({ status: 200, body: { queues: [] } });
});

it("returns 404 for an unknown workflow", async () => {
  const response = await scenario.request("GET", "/v1/workflows/WF-00000000-00000000/queues");
  expect(response).toMatchObject({ status: 404, body: { error: expect.stringContaining("WF-00000000-00000000") } });
});
