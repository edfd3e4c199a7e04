import { describe, expect, it, onTestFinished } from "vitest";
import type { CreateWorkflowRequest } from "../../src/domain/requestSchemas.js";
import type { PilotConfig } from "../../src/domain/taskforce.js";
import { api } from "../api/conformanceClient.js";
import { task, workflowOf } from "../api/requestBodies.js";
import { drop, garbage, type ScriptedAnswer, type ScriptedMqs, status } from "../mqs/scriptedMqs.js";
import { keysOf } from "../setup/testRedis.js";
import { type ActivationStory, startActivationStory } from "./activationScenario.js";
import { tryToCreate } from "./attemptCreation.js";

const answering =
  (...answers: ScriptedAnswer[]) =>
  (mqs: ScriptedMqs) =>
    mqs.script("reservation", "*", ...answers);
const unexpected = "the MQS was asked to reserve the message queues and gave an unexpected answer";

describe("a workflow whose queues the MQS does not reserve is not created", () => {
  it.each<[number, string, (mqs: ScriptedMqs) => unknown, string]>([
    [503, "is not there", (mqs) => mqs.close(), "the MQS cannot be reached"],
    [503, "breaks the connection", answering(drop, drop, drop), "the MQS cannot be reached"],
    [503, "is broken", answering(status(500)), "the MQS failed to reserve the message queues (HTTP 500)"],
    [503, "talks nonsense", answering(garbage), unexpected],
    [503, "reserves something else", answering(status(200, { mqgroup: {}, mqprofiles: [] })), unexpected],
    [502, "refuses", answering(status(404)), "the MQS refused to reserve the message queues: scripted 404"],
  ])("%i when it %s", async (code, _, prepare, reason) => {
    const service = await startActivationStory(onTestFinished);
    await prepare(service.mqs);

    const { answer, stored } = await tryToCreate(service);

    expect(answer).toMatchObject({ status: code, reason });
    if (code === 503) expect(answer.headers["retry-after"]).toMatch(/^[1-9][0-9]*$/);
    else expect(answer.headers["retry-after"]).toBeUndefined();
    expect(stored).toEqual([]);
    expect(await keysOf(service.redis, "wms:*workflow*")).toEqual([]);
    expect(service.mqs.callsOf("activation")).toEqual([]);
  });
});

describe("the MQS is asked for queues", () => {
  const asUser = async (
    { story, places: [at] }: ActivationStory,
    request: (location: string) => CreateWorkflowRequest,
  ) => {
    const client = await api(story.url);
    onTestFinished(() => client.close());
    return client.post("/v1/workflows", request(at?.location ?? ""));
  };

  it("by their distinct aliases in the order of first use, with the public ones", async () => {
    const service = await startActivationStory(onTestFinished);
    const { status: code } = await asUser(service, (location) =>
      workflowOf(
        [
          task(location, { input_queue_aliases: ["z", "a"], output_queue_aliases: ["m"] }),
          task(location, { input_queue_aliases: ["m"], output_queue_aliases: ["b", "z"] }),
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
    ["a place is unknown", () => workflowOf([task("the-moon", aliases)])],
    [
      "nobody uses a public alias",
      (location) => workflowOf([task(location, aliases)], { public_queue_aliases: ["other"] }),
    ],
    [
      "a variable is the service's own",
      (location) => workflowOf([task(location, { ...aliases, pilot_config: pilot })]),
    ],
    [
      "a pilot tag is none",
      (location) =>
        workflowOf([task(location, { ...aliases, pilot_config: { ...pilot, environment: {}, tag: "a/b" } })]),
    ],
  ])("not when %s", async (_, request) => {
    const service = await startActivationStory(onTestFinished);
    expect((await asUser(service, request)).status).toBe(400);
    expect(service.mqs.calls).toEqual([]);
  });
});
