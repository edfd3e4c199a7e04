import { describe, expect, it, onTestFinished } from "vitest";
import type { CreateWorkflowRequest } from "../../src/domain/requestSchemas.js";
import type { PilotConfig } from "../../src/domain/taskforce.js";
import { createConformanceClient } from "../api/conformanceClient.js";
import { makeTaskRequest, makeWorkflowRequest } from "../api/requestBodies.js";
import {
  dropResponse,
  garbageResponse,
  type ScriptedMqs,
  type ScriptedResponse,
  statusResponse,
} from "../mqs/scriptedMqs.js";
import { findKeys } from "../setup/testRedis.js";
import { type ActivationScenario, startActivationScenario } from "./activationScenario.js";
import { attemptCreation } from "./attemptCreation.js";

const respondingWith =
  (...answers: ScriptedResponse[]) =>
  (mqs: ScriptedMqs) =>
    mqs.script("reservation", "*", ...answers);
const UNEXPECTED_RESPONSE_ERROR = "the MQS was asked to reserve the message queues and gave an unexpected answer";

describe("a workflow is not created if the MQS does not reserve its queues:", () => {
  it.each<[number, string, (mqs: ScriptedMqs) => unknown, string]>([
    [503, "is unreachable", (mqs) => mqs.close(), "the MQS cannot be reached"],
    [
      503,
      "breaks the connection",
      respondingWith(dropResponse, dropResponse, dropResponse),
      "the MQS cannot be reached",
    ],
    [
      503,
      "returns a 500",
      respondingWith(statusResponse(500)),
      "the MQS failed to reserve the message queues (HTTP 500)",
    ],
    [503, "returns no JSON", respondingWith(garbageResponse), UNEXPECTED_RESPONSE_ERROR],
    [
      503,
      "reserves other queues",
      respondingWith(statusResponse(200, { mqgroup: {}, mqprofiles: [] })),
      UNEXPECTED_RESPONSE_ERROR,
    ],
    [
      502,
      "refuses",
      respondingWith(statusResponse(404)),
      "the MQS refused to reserve the message queues: scripted 404",
    ],
  ])("%i when it %s", async (code, _, prepare, reason) => {
    const service = await startActivationScenario(onTestFinished);
    await prepare(service.mqs);

    const { response, stored } = await attemptCreation(service);

    expect(response).toMatchObject({ status: code, reason });
    if (code === 503) expect(response.headers["retry-after"]).toMatch(/^[1-9][0-9]*$/);
    else expect(response.headers["retry-after"]).toBeUndefined();
    expect(stored).toEqual([]);
    expect(await findKeys(service.redis, "wms:*workflow*")).toEqual([]);
    expect(service.mqs.callsOf("activation")).toEqual([]);
  });
});

describe("a reservation", () => {
  const asUser = async (
    { scenario, accessPoints: [at] }: ActivationScenario,
    request: (location: string) => CreateWorkflowRequest,
  ) => {
    const client = await createConformanceClient(scenario.url);
    onTestFinished(() => client.close());
    return client.post("/v1/workflows", request(at?.location ?? ""));
  };

  it("sends the distinct aliases in the order of first use, and the public ones", async () => {
    const service = await startActivationScenario(onTestFinished);
    const { status: code } = await asUser(service, (location) =>
      makeWorkflowRequest(
        [
          makeTaskRequest(location, { input_queue_aliases: ["z", "a"], output_queue_aliases: ["m"] }),
          makeTaskRequest(location, { input_queue_aliases: ["m"], output_queue_aliases: ["b", "z"] }),
        ],
        { public_queue_aliases: ["b", "z"] },
      ),
    );
    expect(code).toBe(200);
    expect(service.mqs.callsOf("reservation")).toMatchObject([
      { body: { queue_aliases: ["z", "a", "m", "b"], public: ["b", "z"] } },
    ]);
  });

  const aliases = { input_queue_aliases: ["in"] };
  const environment = { EWMS_PILOT_TASK_IMAGE: "x" };
  const pilot: PilotConfig = { tag: "latest", image_source: "cvmfs", environment, input_files: [] };
  it.each<[string, (location: string) => CreateWorkflowRequest]>([
    ["a location is unknown", () => makeWorkflowRequest([makeTaskRequest("the-moon", aliases)])],
    [
      "no task uses a public alias",
      (location) => makeWorkflowRequest([makeTaskRequest(location, aliases)], { public_queue_aliases: ["other"] }),
    ],
    [
      "a variable is reserved for the service",
      (location) => makeWorkflowRequest([makeTaskRequest(location, { ...aliases, pilot_config: pilot })]),
    ],
    [
      "a pilot tag is invalid",
      (location) =>
        makeWorkflowRequest([
          makeTaskRequest(location, { ...aliases, pilot_config: { ...pilot, environment: {}, tag: "a/b" } }),
        ]),
    ],
  ])("is not requested if %s", async (_, request) => {
    const service = await startActivationScenario(onTestFinished);
    expect((await asUser(service, request)).status).toBe(400);
    expect(service.mqs.calls).toEqual([]);
  });
});
