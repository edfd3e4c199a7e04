import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { WorkflowDigest } from "../../src/domain/workflowDigest.js";
import { IdentityProvider } from "../auth/identityProvider.js";
import { pauseQueue } from "../setup/pauseQueue.js";
import { waitForValue } from "../setup/waitFor.js";
import { type ApiFixture, type ScheddLocation, startApiFixture } from "./apiFixture.js";
import { type CreatedWorkflow, makeTaskRequest, makeWorkflowRequest, submitReport } from "./requestBodies.js";

interface ListBody {
  workflows: WorkflowDigest[];
  next_after: string | null;
  is_cut_short: boolean;
}

const PEOPLE = { ada: "user", ben: "user", olga: "operator", vera: "viewer", tms: "system-tms" };
type Person = keyof typeof PEOPLE;

let provider: IdentityProvider;
let fixture: ApiFixture;
const tokens = new Map<string, string>();

const send = <T = ListBody>(person: Person, method: string, path: string, body?: unknown, headers = {}) =>
  fixture.client.request<T>(method, path, {
    body,
    headers: { authorization: `Bearer ${tokens.get(person)}`, ...headers },
  });

async function list(parameters: string | Record<string, string>, person: Person = "ada"): Promise<ListBody> {
  const { status, body, reason } = await send(person, "GET", `/v1/workflows?${new URLSearchParams(parameters)}`);
  if (status !== 200) throw new Error(reason);
  return body;
}

const idsOf = async (parameters: string | Record<string, string>, person: Person = "ada") =>
  (await list(parameters, person)).workflows.map(({ workflow_id }) => workflow_id);

/** The workflows of the tests, oldest first. */
const created = new Map<string, CreatedWorkflow>();
const places = new Map<string, ScheddLocation>();
const idOf = (name: string): string => created.get(name)?.workflow.workflow_id ?? "";
const uuidOf = (name: string): string => created.get(name)?.taskforces[0]?.taskforce_uuid ?? "";
const taskOf = (name: string): string => created.get(name)?.task_directives[0]?.task_id ?? "";

async function create(
  name: string,
  person: Person,
  task: Partial<Parameters<typeof makeTaskRequest>[1]> = {},
  headers: Record<string, string> = {},
): Promise<void> {
  const place = fixture.nextLocation();
  const request = makeWorkflowRequest([makeTaskRequest(place.location, { n_workers: 10, ...task })]);
  const response = await send<CreatedWorkflow>(person, "POST", "/v1/workflows", request, {
    "ewms-name": name,
    ...headers,
  });
  if (response.status !== 200) throw new Error(response.reason);
  created.set(name, response.body);
  places.set(name, place);
}

/** Lets the TMS submit the taskforce of a workflow, as an HTCondor cluster. */
async function submit(name: string, clusterId: number): Promise<void> {
  const path = `/v1/tms/pending-starter/taskforces?schedd=${places.get(name)?.schedd}`;
  await waitForValue(
    "handed out",
    () => send<{ taskforce?: object }>("tms", "GET", path),
    ({ body }) => body.taskforce !== null,
  );
  const report = await send("tms", "POST", `/v1/tms/condor-submit/taskforces/${uuidOf(name)}`, submitReport(clusterId));
  if (report.status !== 200) throw new Error(report.reason);
}

const reportStatuses = (name: string, compound_statuses: object, top_task_errors: object = {}) =>
  send("tms", "POST", "/v1/tms/statuses/taskforces", {
    top_task_errors_by_taskforce: { [uuidOf(name)]: top_task_errors },
    compound_statuses_by_taskforce: { [uuidOf(name)]: compound_statuses },
  });

const rowOf = async (name: string) =>
  (await list({ q: idOf(name) })).workflows.find(({ workflow_id }) => workflow_id === idOf(name));

const waitForRow = (name: string, isReached: (row: WorkflowDigest) => boolean) =>
  waitForValue(
    `${name} in the list`,
    () => rowOf(name),
    (row) => row !== undefined && isReached(row),
  );

beforeAll(async () => {
  provider = await IdentityProvider.start();
  for (const [sub, ewms_role] of Object.entries(PEOPLE))
    tokens.set(sub, await provider.signToken({ sub, ewms_role, name: `${sub.toUpperCase()} of the list` }));
  fixture = await startApiFixture({ AUTH_OPENID_URL: provider.issuer, STORE_PARTITIONS: "4" }, tokens.get("ada"));

  await create(
    "Cascades",
    "ada",
    { task_image: "/cvmfs/reco:7", task_args: "--season Summer" },
    { "ewms-labels": "mc=22345, run=1" },
  );
  await create("Tracks", "ada", { task_args: '--gcd=Ice "quoted" Tiefe=größer' }, { "ewms-labels": "mc=22345" });
  await create("Noise", "ben", { output_queue_aliases: ["noise-out"] }, { "ewms-labels": "run=1" });
  await create("Holds", "ben");
  await create("Done", "ada");
  await create("Aborted", "ada");
  await create("Waiting", "ada");
  for (const [index, name] of ["Cascades", "Tracks", "Holds", "Done"].entries()) await submit(name, 7001 + index);
  await reportStatuses("Cascades", { RUNNING: { Tasking: 4, null: 1 }, IDLE: { null: 2 } }, { "disk full": 3 });
  await reportStatuses("Tracks", { RUNNING: { Tasking: 9 } });
  await reportStatuses("Holds", { "HELD: no memory": { null: 10 } });
  await send("tms", "POST", `/v1/tms/condor-complete/taskforces/${uuidOf("Done")}`, {
    condor_complete_ts: 1_700_000_000,
  });
  await send("ada", "POST", `/v1/workflows/${idOf("Aborted")}/actions/abort`);

  await waitForRow("Cascades", ({ state }) => state === "running");
  await waitForRow("Tracks", ({ workers }) => workers["RUNNING"] === 9);
  await waitForRow("Holds", ({ finding }) => finding?.code === "workers-held");
  await waitForRow("Done", ({ state }) => state === "completed");
  await waitForRow("Aborted", ({ state }) => state === "aborted");
  // The indexes follow the summaries.
  await waitForValue(
    "indexed",
    async () => [await idsOf("state=needs-attention"), await idsOf("state=ended")],
    ([attention, ended]) => attention?.length === 3 && ended?.length === 1,
  );
});
afterAll(async () => {
  await fixture.close();
  await provider.stop();
});

const NEWEST_FIRST = ["Waiting", "Aborted", "Done", "Holds", "Noise", "Tracks", "Cascades"];
const namesOf = async (parameters: string | Record<string, string>, person: Person = "ada") =>
  (await list(parameters, person)).workflows.map(({ name }) => name);

test("a row has what people want to know about a workflow", async () => {
  const { workflow } = created.get("Cascades") as CreatedWorkflow;
  const { last_change, running_workers, ...row } = (await rowOf("Cascades")) as WorkflowDigest;
  expect(row).toEqual({
    workflow_id: workflow.workflow_id,
    name: "Cascades",
    labels: { mc: "22345", run: "1" },
    owner: { subject: "ada", name: "ADA of the list" },
    created: workflow.timestamp,
    priority: 50,
    deactivated: null,
    deactivated_ts: null,
    state: "running",
    task_images: ["/cvmfs/reco:7"],
    n_tasks: 1,
    n_taskforces: 1,
    taskforces_by_phase: { "condor-submit": 1 },
    n_workers_requested: 7,
    workers: { RUNNING: 5, IDLE: 2 },
    n_errors: 3,
    n_failed_attempts: 0,
    finding: null,
  });
  expect(last_change).toBeGreaterThan(workflow.timestamp);
  expect([running_workers.length, running_workers.at(-1)]).toEqual([20, 5]);
});

test("a workflow is listed as soon as it is created, before its first summary", async () => {
  await create("Fresh", "ben");
  const [first] = (await list("limit=1")).workflows;
  expect(first).toMatchObject({ name: "Fresh", n_taskforces: 1, n_tasks: 1, state: "waiting" });
  await send("ben", "POST", `/v1/workflows/${idOf("Fresh")}/actions/finished`);
  await waitForValue(
    "finished",
    () => namesOf("state=finished"),
    (names) => names.join() === "Fresh",
  );
});

describe("filters", () => {
  test.each([
    ["owner=ada", ["Waiting", "Aborted", "Done", "Tracks", "Cascades"]],
    ["owner=me&limit=2", ["Waiting", "Aborted"]],
    ["owner=nemo", []],
    ["state=active", ["Waiting", "Done", "Holds", "Noise", "Tracks", "Cascades"]],
    ["state=needs-attention", ["Waiting", "Holds", "Noise"]],
    ["state=ended", ["Done"]],
    ["state=aborted", ["Aborted"]],
    ["label=mc%3D22345", ["Tracks", "Cascades"]],
    ["label=mc%3D22345&label=run%3D1", ["Cascades"]],
    ["label=run%3D1&owner=ben", ["Noise"]],
    ["image=/cvmfs/reco:7", ["Cascades"]],
    ["owner=ada&state=active&label=mc%3D22345", ["Tracks", "Cascades"]],
    ["since=1h&owner=ben", ["Noise", "Holds"]],
    ["until=1h", []],
    ["since=2000-01-01&until=2001-01-01", []],
  ])("%s", async (parameters, expected) => {
    const names = await namesOf(parameters);
    expect(names.filter((name) => name !== "Fresh").sort()).toEqual([...expected].sort());
  });

  test("by access point and by location", async () => {
    const { schedd, location } = places.get("Noise") as ScheddLocation;
    expect(await namesOf({ schedd })).toEqual(["Noise"]);
    expect(await namesOf({ location })).toEqual(["Noise"]);
    expect(await namesOf({ schedd: "nowhere" })).toEqual([]);
  });

  test("by creation time to the second", async () => {
    const { timestamp } = (created.get("Noise") as CreatedWorkflow).workflow;
    expect(await namesOf({ until: String(timestamp) })).toEqual(["Noise", "Tracks", "Cascades"]);
    expect((await namesOf({ since: String(timestamp) })).slice(-2)).toEqual(["Holds", "Noise"]);
    expect(await namesOf({ since: String(timestamp), until: String(timestamp), sort: "change" })).toEqual(["Noise"]);
  });
});

describe("words", () => {
  test.each<[string, () => string, string[]]>([
    ["a name, in any case", () => "cascADES", ["Cascades"]],
    ["a part of a name", () => "rack", ["Tracks"]],
    ["a label", () => "mc=22345", ["Tracks", "Cascades"]],
    ["a part of a label's value, and a name", () => "2234 track", ["Tracks"]],
    ["a subject", () => "ben", ["Holds", "Noise"]],
    ["an image", () => "reco:7", ["Cascades"]],
    ["arguments", () => "season", ["Cascades"]],
    ["arguments with quotation marks", () => '"quoted"', ["Tracks"]],
    ["arguments beyond ASCII", () => "größer", ["Tracks"]],
    ["a location", () => places.get("Noise")?.location ?? "", ["Noise"]],
    ["an access point", () => places.get("Noise")?.schedd ?? "", ["Noise"]],
    ["an id", () => idOf("Noise"), ["Noise"]],
    ["the beginning of an id", () => idOf("Noise").slice(0, -1), ["Noise"]],
    ["a part of an id", () => idOf("Noise").slice(-8), ["Noise"]],
    ["the id of a task directive", () => taskOf("Noise"), ["Noise"]],
    ["the beginning of one", () => taskOf("Noise").slice(0, -2), ["Noise"]],
    ["the uuid of a taskforce", () => uuidOf("Noise"), ["Noise"]],
    ["an HTCondor cluster", () => "7002", ["Tracks"]],
    ["a word that is a name of a field only", () => "task_image", []],
    ["another task of the workflow", () => `${taskOf("Noise").slice(0, -8)}zzzzzzzz`, []],
    ["one of two words", () => "Noise Tracks", []],
  ])("%s", async (_, q, expected) => {
    const names = await namesOf({ q: q() });
    // Ids are random: a short word may be a part of one.
    expect(names.filter((name) => name !== "Fresh")).toEqual(expected);
  });

  test("the alias of a queue", async () => {
    await waitForValue(
      "found",
      () => namesOf({ q: "noise-OUT" }),
      (names) => names.join() === "Noise",
    );
  });

  test("the note", async () => {
    await send("ben", "PUT", `/v1/workflows/${idOf("Noise")}/annotations`, {
      name: "Noise",
      note: "for the\nspring meeting",
    });
    expect(await namesOf({ q: "spring" })).toEqual(["Noise"]);
  });
});

describe("orders", () => {
  test("newest first", async () => {
    expect((await namesOf("sort=created")).filter((name) => name !== "Fresh")).toEqual(NEWEST_FIRST);
  });

  test("the most running workers first, then the newest", async () => {
    const names = (await namesOf("sort=workers")).filter((name) => name !== "Fresh");
    expect(names).toEqual(["Tracks", "Cascades", ...NEWEST_FIRST.filter((name) => !/Tracks|Cascades/.test(name))]);
  });

  test("the most urgent first, then the newest", async () => {
    const names = (await namesOf("sort=severity")).filter((name) => name !== "Fresh");
    expect(names).toEqual(["Holds", ...NEWEST_FIRST.filter((name) => name !== "Holds")]);
  });

  test("the last changed first", async () => {
    await reportStatuses("Cascades", { RUNNING: { Tasking: 5 } });
    await waitForValue(
      "first",
      () => namesOf("sort=change&limit=1"),
      (names) => names.join() === "Cascades",
    );
    const changes = (await list("sort=change")).workflows.map(({ last_change }) => last_change ?? 0);
    expect(changes).toEqual([...changes].sort((a, b) => b - a));
  });

  test.each(["created", "change", "severity", "workers"])("pages by %s hold each workflow once", async (sort) => {
    const whole = await namesOf({ sort });
    const paged: unknown[] = [];
    let after = "";
    do {
      const page = await list({ sort, limit: "2", after });
      paged.push(...page.workflows.map(({ name }) => name));
      after = page.next_after ?? "";
    } while (after !== "");
    expect(paged).toEqual(whole);
  });
});

describe("unusable parameters", () => {
  test.each([
    ["state=asleep", /^state: /],
    ["sort=name", /^sort: /],
    ["limit=0", /^limit: /],
    ["limit=201", /^limit: /],
    ["since=yesterday", /^since: expected a date/],
    ["until=soon", /^until: expected a date/],
    ["location=moon", /^location: condor cluster location not found: moon; valid: pool-/],
    ["after=abc", /^after: is not the next_after/],
    [`q=${"a+".repeat(11)}`, /^q: has 11 words/],
    [`q=${"a".repeat(501)}`, /^q: has 501 characters/],
  ])("%s is a 400 that names it", async (query, reason) => {
    const response = await send("ada", "GET", `/v1/workflows?${query}`);
    expect([response.status, response.reason]).toEqual([400, expect.stringMatching(reason)]);
  });

  test("a cursor of another order is a 400", async () => {
    const { next_after } = await list("limit=1&sort=workers");
    const response = await send("ada", "GET", `/v1/workflows?after=${next_after}`);
    expect([response.status, response.reason]).toEqual([400, "after: belongs to a list that is sorted by workers"]);
  });
});

test("viewers and operators list the workflows of all, a TMS none", async () => {
  expect((await namesOf({}, "vera")).length).toBeGreaterThanOrEqual(NEWEST_FIRST.length);
  expect(await namesOf({}, "olga")).toEqual(await namesOf({}, "vera"));
  expect(await namesOf("owner=me", "vera")).toEqual([]);
  expect((await send("tms", "GET", "/v1/workflows")).status).toBe(403);
});

test("a workflow that waits for an access point needs attention until its TMS polls, and while its queue is paused", async () => {
  await create("Queued", "ben");
  const { schedd } = places.get("Queued") as ScheddLocation;
  const isListed = async () => (await namesOf("state=needs-attention&q=queued")).includes("Queued");
  await waitForValue("waits", isListed, Boolean);
  // The poll of the TMS leases nothing: the only taskforce stays in the queue.
  await send("tms", "GET", `/v1/tms/pending-stopper/taskforces?schedd=${schedd}`);
  await waitForValue("polled", isListed, (listed) => !listed);
  expect((await rowOf("Queued"))?.finding?.severity).toBe("info");
  const resume = await pauseQueue(fixture.service.redisUrl, `starter-${schedd}`);
  await waitForValue("paused", isListed, Boolean);
  expect((await rowOf("Queued"))?.finding?.code).toBe("queue-paused");
  await resume();
  await waitForValue("resumed", isListed, (listed) => !listed);
  await send("ben", "POST", `/v1/workflows/${idOf("Queued")}/actions/finished`);
});
