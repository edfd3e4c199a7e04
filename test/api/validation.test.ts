import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiFixture, startApiFixture } from "./apiFixture.js";
import { makeTaskRequest, makeWorkflowRequest } from "./requestBodies.js";

let fixture: ApiFixture;
beforeAll(async () => {
  fixture = await startApiFixture();
});
afterAll(() => fixture.close());

const good = () => makeWorkflowRequest([makeTaskRequest("pool-0")]);
const pilot = { tag: "latest", image_source: "cvmfs", environment: {}, input_files: [] };
const withTask = (more: object) => ({ ...good(), tasks: [{ ...makeTaskRequest("pool-0"), ...more }] });
const withPilot = (more: object) => withTask({ pilot_config: { ...pilot, ...more } });
const withWorkers = (more: object) =>
  withTask({ worker_config: { ...makeTaskRequest("pool-0").worker_config, ...more } });
/** A good request without one of its fields. */
const without = (path: string) => {
  const request = structuredClone(withPilot({})) as unknown as Record<string, unknown>;
  const parts = path.split(".");
  const parent = parts.slice(0, -1).reduce((at, part) => at[part] as Record<string, unknown>, request);
  delete parent[parts.at(-1) ?? ""];
  return request;
};

describe("POST /v1/workflows names the field and the issue", () => {
  it.each([
    "tasks",
    "public_queue_aliases",
    "tasks.0.cluster_locations",
    "tasks.0.task_image",
    "tasks.0.task_args",
    "tasks.0.input_queue_aliases",
    "tasks.0.output_queue_aliases",
    "tasks.0.worker_config",
    ...Object.keys(pilot).map((field) => `tasks.0.pilot_config.${field}`),
    ...Object.keys(makeTaskRequest("").worker_config).map((field) => `tasks.0.worker_config.${field}`),
  ])("%s is missing", async (path) => {
    const reason = `${path.replace("tasks.0", "tasks[0]")}: missing field`;
    expect(await fixture.client.post("/v1/workflows", without(path))).toMatchObject({ status: 400, reason });
  });

  it.each<[object, string]>([
    [{ ...good(), tasks: {} }, "tasks: expected array, got object"],
    [{ ...good(), tasks: [] }, "tasks: expected at least 1 entry"],
    [{ ...good(), tasks: [null] }, "tasks[0]: expected object, got null"],
    [{ ...good(), tasks: [makeTaskRequest("pool-0"), makeTaskRequest("pool-0")] }, "tasks[1]: repeats entry 0"],
    [{ ...good(), priority: "high" }, "priority: expected integer, got string"],
    [{ ...good(), priority: null }, "priority: expected integer, got null"],
    [{ ...good(), bogus: 1 }, "bogus: unknown field"],
    [{ ...good(), workflow_id: "WF-1" }, "workflow_id: unknown field"],
    [{ ...good(), public_queue_aliases: ["a", "a"] }, "public_queue_aliases[1]: repeats entry 0"],
    [withTask({ bogus: 1 }), "tasks[0].bogus: unknown field"],
    [withTask({ cluster_locations: [] }), "tasks[0].cluster_locations: expected at least 1 entry"],
    [withTask({ cluster_locations: ["a", "b", "a"] }), "tasks[0].cluster_locations[2]: repeats entry 0"],
    [withTask({ cluster_locations: [1] }), "tasks[0].cluster_locations[0]: expected string, got number"],
    [withTask({ n_workers: "5" }), "tasks[0].n_workers: expected integer or null, got string"],
    [withTask({ n_workers: 2.5 }), "tasks[0].n_workers: expected integer or null, got 2.5"],
    [withTask({ n_workers: 1e30 }), "tasks[0].n_workers: expected integer between -(2^53 - 1) and 2^53 - 1, got 1e+30"],
    [withTask({ task_image: 1 }), "tasks[0].task_image: expected string, got number"],
    [withTask({ task_args: null }), "tasks[0].task_args: expected string, got null"],
    [withTask({ task_env: [] }), "tasks[0].task_env: expected object, got array"],
    [withTask({ task_env: { A: 1 } }), "tasks[0].task_env.A: expected string, got number"],
    [withTask({ init_env: { "a b": true } }), 'tasks[0].init_env["a b"]: expected string, got boolean'],
    [withTask({ pilot_config: null }), "tasks[0].pilot_config: expected object, got null"],
    [withPilot({ bogus: 1 }), "tasks[0].pilot_config.bogus: unknown field"],
    [
      withPilot({ image_source: "docker" }),
      'tasks[0].pilot_config.image_source: expected "cvmfs" or "auto", got "docker"',
    ],
    [
      withPilot({ environment: { A: null } }),
      "tasks[0].pilot_config.environment.A: expected string or integer or array, got null",
    ],
    [
      withPilot({ environment: { A: 1.5 } }),
      "tasks[0].pilot_config.environment.A: expected string or integer or array, got 1.5",
    ],
    [withPilot({ environment: { A: [] } }), "tasks[0].pilot_config.environment.A: expected at least 1 entry"],
    [
      withPilot({ environment: { A: ["a", 1] } }),
      "tasks[0].pilot_config.environment.A[1]: expected string, got number",
    ],
    [withPilot({ input_files: ["a", "a"] }), "tasks[0].pilot_config.input_files[1]: repeats entry 0"],
    [withWorkers({ bogus: 1 }), "tasks[0].worker_config.bogus: unknown field"],
    [
      withWorkers({ do_transfer_worker_stdouterr: "yes" }),
      "tasks[0].worker_config.do_transfer_worker_stdouterr: expected boolean, got string",
    ],
    [
      withWorkers({ worker_memory: null }),
      "tasks[0].worker_config.worker_memory: expected string or integer, got null",
    ],
    [
      { ...good(), a: 1, b: 2, c: 3, d: 4, priority: "x" },
      "priority: expected integer, got string; a: unknown field; b: unknown field; and 2 more",
    ],
  ])("%j", async (request, reason) => {
    expect(await fixture.client.post("/v1/workflows", request)).toMatchObject({ status: 400, reason });
  });

  it("recognizes a repeated task whose keys have another order", async () => {
    const one = { ...makeTaskRequest("pool-0"), task_env: { A: "1", B: "2" } };
    const other = { ...makeTaskRequest("pool-0"), task_env: { B: "2", A: "1" } };
    expect(await fixture.client.post("/v1/workflows", makeWorkflowRequest([one, other]))).toMatchObject({
      status: 400,
      reason: "tasks[1]: repeats entry 0",
    });
  });

  const many = <T>(member: (index: number) => T, length = 300_000) =>
    Array.from({ length }, (_, index) => member(index));
  /** An object has at most 100,000 keys. */
  const manyEntries = () => Object.fromEntries(many((index) => [`k${index}`, index], 99_000));

  it.each<[string, object, RegExp]>([
    [
      "a map of bad values",
      withTask({ task_env: manyEntries() }),
      /^tasks\[0\]\.task_env\.k0: expected string, got number; .*; .*; and more$/,
    ],
    [
      "a list of repetitions",
      withTask({ cluster_locations: many(() => "x") }),
      /^tasks\[0\]\.cluster_locations\[1\]: repeats entry 0; .*; .*; and more$/,
    ],
    [
      "a list of bad values",
      withTask({ cluster_locations: many((index) => index) }),
      /^tasks\[0\]\.cluster_locations\[0\]: expected string, got number/,
    ],
    ["unknown fields", { ...good(), ...manyEntries() }, /^k0: unknown field; .*; .*; and more$/],
  ])("%s of the maximum size is a 400, too", async (_what, request, reason) => {
    const { status, body } = await fixture.client.post("/v1/workflows", request);
    expect(status).toBe(400);
    expect(body.error).toMatch(reason);
  });

  it("names the public alias that no task uses", async () => {
    const input_queue_aliases = many((index) => `queue-${index}`);
    const public_queue_aliases = [...input_queue_aliases.slice(1), "other"];
    const request = { ...withTask({ input_queue_aliases }), public_queue_aliases };
    expect(await fixture.client.post("/v1/workflows", request)).toMatchObject({
      status: 400,
      reason: "public_queue_aliases[299999]: no task uses this alias: other",
    });
  });

  it("shortens long keys", async () => {
    const { body } = await fixture.client.post("/v1/workflows", { ...good(), ["k".repeat(5000)]: 1 });
    expect(body.error).toBe(`["${"k".repeat(97)}..."]: unknown field`);
  });
});
