import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type CreateWorkflowRequest, createWorkflowSchema } from "../../src/domain/requestSchemas.js";
import { startScriptedMqs, statusResponse } from "../mqs/scriptedMqs.js";
import { propertyRuns } from "../setup/propertyRuns.js";
import { waitForValue } from "../setup/waitFor.js";
import { type ApiFixture, startApiFixture } from "./apiFixture.js";
import { type CreatedWorkflow, makeTaskRequest, makeWorkflowRequest, submitReport } from "./requestBodies.js";

const CLUSTERS = { osg: { schedd: "grid" }, OSG: { alias_of: "osg" }, alpha: { schedd: "a" }, beta: { schedd: "b" } };

let fixture: ApiFixture;
beforeAll(async () => {
  fixture = await startApiFixture({ CLUSTER_LOCATIONS: JSON.stringify(CLUSTERS) });
});
afterAll(() => fixture.close());

async function create(request: CreateWorkflowRequest, at = fixture): Promise<CreatedWorkflow> {
  const { status, reason, body } = await at.client.post<CreatedWorkflow>("/v1/workflows", request);
  expect([status, reason]).toEqual([200, "OK"]);
  return body;
}

async function rebuild({ workflow }: CreatedWorkflow, at = fixture): Promise<CreateWorkflowRequest> {
  const { status, reason, body } = await at.client.get<CreateWorkflowRequest>(
    `/v1/workflows/${workflow.workflow_id}/request`,
  );
  expect([status, reason]).toEqual([200, "OK"]);
  return body;
}

/** What a creation makes of a request, with the ids and times replaced by what they refer to. */
async function describeCreated({ workflow, task_directives, taskforces }: CreatedWorkflow) {
  const { body } = await fixture.client.get(`/v1/mqs/workflows/${workflow.workflow_id}/mq-profiles/public`);
  const publicQueues: string[] = (body.mqprofiles ?? []).map(({ alias }: { alias: string }) => alias);
  // The end of the id of an embedded queue is a digest of its alias.
  const queueNames = (mqids: readonly string[]) => mqids.map((mqid) => mqid.split("-").at(-1));
  return {
    priority: workflow.priority,
    publicQueues: publicQueues.toSorted(),
    tasks: task_directives.map(
      ({ task_id, workflow_id: _, timestamp: __, input_queues, output_queues, ...fields }) => ({
        ...fields,
        input_queues: queueNames(input_queues),
        output_queues: queueNames(output_queues),
        taskforces: taskforces
          .filter((taskforce) => taskforce.task_id === task_id)
          .map(({ schedd, priority, n_workers, pilot_config, worker_config }) => ({
            schedd,
            priority,
            n_workers,
            pilot_config,
            worker_config,
          })),
      }),
    ),
  };
}

describe("GET /v1/workflows/{workflow_id}/request", () => {
  it("returns a request that creates an equal workflow: tasks, locations, queues, init, workers, pilot", async () => {
    const request = makeWorkflowRequest(
      [
        makeTaskRequest("osg", {
          cluster_locations: ["alpha", "OSG"],
          task_env: { SEED: "7" },
          init_image: "/cvmfs/init:1",
          init_args: "--warm",
          init_env: { CACHE: "/tmp" },
          input_queue_aliases: ["frames", "frames/2"],
          output_queue_aliases: ["pixels"],
          pilot_config: {
            tag: "v1.0.3",
            image_source: "auto",
            environment: { EWMS_PILOT_TASK_TIMEOUT: 60, LIST: ["a", "b"] },
            input_files: ["/data/in"],
          },
          n_workers: 12,
        }),
        makeTaskRequest("beta", {
          input_queue_aliases: ["pixels"],
          output_queue_aliases: ["results"],
          n_workers: null,
        }),
      ],
      { public_queue_aliases: ["results", "frames"], priority: 140 },
    );
    const created = await create(request);
    const rebuilt = await rebuild(created);
    expect(createWorkflowSchema.parse(rebuilt)).toEqual(rebuilt);
    expect(rebuilt).toMatchObject({
      priority: 100,
      public_queue_aliases: ["frames", "results"],
      tasks: [
        {
          cluster_locations: ["alpha", "OSG"],
          init_image: "/cvmfs/init:1",
          input_queue_aliases: ["frames", "frames/2"],
          n_workers: 12,
        },
        { cluster_locations: ["beta"], input_queue_aliases: ["pixels"], n_workers: 1 },
      ],
    });
    expect(rebuilt.tasks[1]).not.toHaveProperty("init_image");
    const again = await create(rebuilt);
    expect(await describeCreated(again)).toEqual(await describeCreated(created));
  });

  it("is the same after add-workers, whose taskforces are not part of the creation, and after the end", async () => {
    const request = makeWorkflowRequest([makeTaskRequest("alpha", { n_workers: 3, output_queue_aliases: ["out"] })]);
    const created = await create(request);
    const before = await rebuild(created);
    const task = created.task_directives[0]?.task_id;
    const added = await fixture.client.post(`/v1/task-directives/${task}/actions/add-workers`, {
      cluster_location: "beta",
      n_workers: 99,
    });
    expect(added.status).toBe(200);
    await fixture.client.post(`/v1/workflows/${created.workflow.workflow_id}/actions/abort`);
    expect(await rebuild(created)).toEqual(before);
    expect(before.tasks[0]).toMatchObject({ cluster_locations: ["alpha"], n_workers: 3 });
  });

  it("has the workers that the TMS reported", async () => {
    const { workflow_id } = await fixture.createTaskforceInPhase("condor-submit", { location: "beta", schedd: "b" });
    const { body } = await fixture.client.get<CreateWorkflowRequest>(`/v1/workflows/${workflow_id}/request`);
    expect(body.tasks[0]?.n_workers).toBe(submitReport().n_workers);
  });

  it("is rebuilt exactly from any request", async () => {
    const alias = fc.constantFrom("in", "out", "α/β", "between", "a b");
    const environment = fc.dictionary(fc.stringMatching(/^[A-Z_]{1,8}$/), fc.string(), {
      maxKeys: 3,
      noNullPrototype: true,
    });
    const task = fc.record(
      {
        cluster_locations: fc.uniqueArray(fc.constantFrom("osg", "OSG", "alpha", "beta"), { minLength: 1 }),
        task_args: fc.string(),
        task_env: environment,
        init_image: fc.string(),
        init_args: fc.string(),
        init_env: environment,
        input_queue_aliases: fc.uniqueArray(alias),
        output_queue_aliases: fc.uniqueArray(alias),
        n_workers: fc.integer({ min: 1, max: 1000 }),
      },
      {
        requiredKeys: ["cluster_locations", "task_args", "input_queue_aliases", "output_queue_aliases"],
        noNullPrototype: true,
      },
    );
    const requests = fc.record({
      tasks: fc.uniqueArray(task, { minLength: 1, maxLength: 4, selector: (one) => JSON.stringify(one) }),
      priority: fc.integer({ min: -5, max: 100 }),
      isPublic: fc.func(fc.boolean()),
    });
    await fc.assert(
      fc.asyncProperty(requests, async ({ tasks, priority, isPublic }) => {
        const aliases = tasks.flatMap((each) => [...each.input_queue_aliases, ...each.output_queue_aliases]);
        const request = makeWorkflowRequest(
          tasks.map((each) => ({ ...makeTaskRequest("osg"), ...each })),
          { priority, public_queue_aliases: [...new Set(aliases)].filter(isPublic) },
        );
        const created = await create(request);
        const rebuilt = await rebuild(created);
        expect(await describeCreated(await create(rebuilt))).toEqual(await describeCreated(created));
        // What was rebuilt is complete: the next one is equal.
        expect(await rebuild(await create(rebuilt))).toEqual(rebuilt);
      }),
      { numRuns: propertyRuns(100) },
    );
  });

  it("answers 404 for an unknown workflow", async () => {
    const { status, reason } = await fixture.client.get("/v1/workflows/WF-6b055875-00000000/request");
    expect([status, reason]).toEqual([404, "no workflow found with id: WF-6b055875-00000000"]);
  });
});

describe("with an MQS of its own", () => {
  const OUTPUT = { output_queue_aliases: ["out"] };

  async function startWithMqs() {
    const mqs = await startScriptedMqs();
    const own = await startApiFixture({ CLUSTER_LOCATIONS: JSON.stringify(CLUSTERS), MQS_ADDRESS: mqs.address });
    onTestFinished(async () => {
      await mqs.close();
      await own.close();
    });
    return { mqs, own };
  }

  it("asks for the alias of a queue that is not active yet, and answers 503 or 502 without it", async () => {
    const { mqs, own } = await startWithMqs();
    mqs.script("activation", "*", statusResponse(400));
    const request = makeWorkflowRequest([makeTaskRequest("alpha", OUTPUT)], { public_queue_aliases: ["out"] });
    const created = await create(request, own);
    expect((await rebuild(created, own)).tasks[0]?.output_queue_aliases).toEqual(["out"]);
    expect(mqs.callsOf("profile").length).toBeGreaterThan(0);
    const path = `/v1/workflows/${created.workflow.workflow_id}/request`;
    mqs.script("profile", "*", statusResponse(404));
    expect((await own.client.get(path)).status).toBe(502);
    await mqs.close();
    expect((await own.client.get(path)).status).toBe(503);
  });

  it("needs no MQS once the queues are active", async () => {
    const { mqs, own } = await startWithMqs();
    const created = await create(makeWorkflowRequest([makeTaskRequest("beta", OUTPUT)]), own);
    await waitForValue(
      "launched",
      () => own.readTaskforce(created.taskforces[0]?.taskforce_uuid ?? ""),
      ({ phase }) => phase === "pending-starter",
    );
    await mqs.close();
    expect((await rebuild(created, own)).tasks[0]).toMatchObject(OUTPUT);
  });
});
