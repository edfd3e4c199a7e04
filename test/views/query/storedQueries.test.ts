import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { taskDirectiveSchema } from "../../../src/domain/taskDirective.js";
import { taskforceSchema } from "../../../src/domain/taskforce.js";
import { workflowSchema } from "../../../src/domain/workflow.js";
import type { RedisClient } from "../../../src/redis/redisClient.js";
import { createWholeWorkflow } from "../../../src/store/creation.js";
import { originOf } from "../../../src/store/documents.js";
import type { EntityKind } from "../../../src/store/keys.js";
import { encodeLogEntry } from "../../../src/store/records.js";
import { updateStatuses } from "../../../src/store/statusUpdates.js";
import { openStore, type Store } from "../../../src/store/store.js";
import { WorkMeter } from "../../../src/views/query/meter.js";
import { compileProjection } from "../../../src/views/query/projection.js";
import { runQuery } from "../../../src/views/query/runQuery.js";
import { storedDocuments } from "../../../src/views/query/storedDocuments.js";
import { freshDatabase } from "../../setup/database.js";
import { propertyRuns } from "../../setup/propertyRuns.js";
import { openRedis } from "../../setup/testRedis.js";
import { advanceMany } from "../../store/advance.js";
import { makeWholeWorkflow } from "../../store/wholeWorkflow.js";
import { compileFilter } from "./compileFilter.js";
import { projectJson } from "./projectJson.js";

type Document = Record<string, unknown>;
type Filter = Record<string, unknown>;

let redis: RedisClient;
let store: Store;
/** All documents as a query without a filter returns them. */
const documents: Record<EntityKind, Document[]> = { workflow: [], task: [], taskforce: [] };

/** Reads all pages of a query. */
async function readAll(kind: EntityKind, query: Filter, projection?: string[]): Promise<string[]> {
  const source = await storedDocuments(store);
  const items: string[] = [];
  let after: string | null | undefined;
  do {
    const find = { query, ...(projection && { projection }), ...(after && { after }) };
    const page = await runQuery(source, kind, find, { maxBytes: 8_000, envelope: "found", meter: new WorkMeter() });
    items.push(...page.items);
    after = page.nextAfter;
  } while (after !== null);
  return items;
}

const change = (target_phase: string, was_successful = true, context = "") =>
  encodeLogEntry({
    target_phase: target_phase as never,
    timestamp: 1_700_000_100,
    was_successful,
    source_event_time: was_successful ? null : 1_700_000_099.5,
    source_entity: "TMS",
    context,
  });

/** Brings the taskforces of a workflow to different states. */
async function live(n: number): Promise<void> {
  const whole = makeWholeWorkflow(4);
  const { workflow, task_directives, taskforces } = whole;
  for (const [index, taskforce] of taskforces.entries()) {
    taskforce.schedd = index % 2 === 0 ? "even" : 'o"dd';
    taskforce.priority = 50 + (n % 3);
    if (n === 1) taskforce.n_workers = 7;
    taskforce.pilot_config = { ...taskforce.pilot_config, environment: { A: n % 2, "a.b": "c" } };
  }
  for (const directive of task_directives) directive.task_args = `--seed ${n}`;
  await createWholeWorkflow(store, whole, n % 2);
  const uuids = taskforces.map(({ taskforce_uuid }) => taskforce_uuid);
  const { transitions } = store;
  if (n < 2) return;
  await advanceMany(transitions, uuids, "pre-mq-activation", "pre-launch", change("pre-launch"));
  await advanceMany(transitions, uuids, "pre-launch", "pending-starter", change("pending-starter"));
  for (const [index, uuid] of uuids.slice(1).entries())
    await transitions.recordSubmit(
      uuid,
      {
        cluster_id: 10 * n + index,
        n_workers: 3,
        submit_dict: { log: '","job_event_log_fpath":"x', cpus: 1 },
        job_event_log_fpath: index === 0 ? "" : `/jel/"${n % 2}`,
      },
      { submitted: change("condor-submit"), deactivated: change("condor-submit") },
    );
  await updateStatuses(store, [
    { uuid: uuids[1]!, compoundStatuses: { HELD: { null: 2 } }, topTaskErrors: { 'an "error"': n } },
  ]);
  if (n % 2 === 0) await transitions.deactivate(workflow.workflow_id, "ABORTED", 1_700_000_200.25);
}

beforeAll(async () => {
  redis = openRedis(await freshDatabase());
  store = await openStore(redis, { partitions: 3 });
  for (let n = 0; n < 6; n++) await live(n);
  for (const kind of ["workflow", "task", "taskforce"] as const)
    documents[kind] = (await readAll(kind, {})).map((text) => JSON.parse(text) as Document);
}, 60_000);
afterAll(() => redis.disconnect());

/** Dotted paths of documents and the values there, beside some that no document has. */
function pathsOf(kind: EntityKind): Map<string, unknown[]> {
  const paths = new Map<string, unknown[]>([
    ["no_such_member", [null]],
    ["phase_change_log.0.context", ["", null]],
  ]);
  const add = (path: string, value: unknown) => {
    const known = paths.get(path) ?? [null, 0, "x"];
    paths.set(path, known.length > 12 ? known : [...known, value]);
    const members = Array.isArray(value) ? value.flatMap((member) => Object.entries(member ?? {})) : [];
    if (typeof value === "object" && value !== null)
      for (const [name, member] of Array.isArray(value) ? members : Object.entries(value))
        if (!name.includes(".")) add(`${path}.${name}`, member);
  };
  for (const document of documents[kind]) for (const [name, value] of Object.entries(document)) add(name, value);
  return paths;
}

function arbitrariesOf(kind: EntityKind) {
  const paths = pathsOf(kind);
  const anyPath = fc.constantFrom(...paths.keys());
  const condition = anyPath.chain((path) => {
    const value = fc.constantFrom(...(paths.get(path) as unknown[]));
    const operators = fc.oneof(
      value.map((operand): unknown => operand),
      fc.record({ $ne: value }),
      fc.record({ $in: fc.array(value, { maxLength: 3 }) }),
      fc.record({ $nin: fc.array(value, { maxLength: 3 }) }),
      fc.record({ $gt: value }),
      fc.record({ $lte: value }),
      fc.record({ $exists: fc.boolean() }),
      fc.constantFrom({ $regex: "a" }, { $regex: "^T" }, { $size: 1 }, { $type: "string" }),
    );
    return operators.map((operand): Filter => ({ [path]: operand }));
  });
  const clause: fc.Arbitrary<Filter> = fc.oneof(
    { weight: 4, arbitrary: condition },
    { weight: 1, arbitrary: fc.tuple(condition, condition).map((both) => ({ $or: both })) },
    { weight: 1, arbitrary: condition.map((one) => ({ $nor: [one] })) },
  );
  return {
    filter: fc.array(clause, { minLength: 1, maxLength: 3 }).map((clauses): Filter => ({ $and: clauses })),
    projection: fc.option(fc.uniqueArray(anyPath, { minLength: 1, maxLength: 4 }), { nil: undefined }),
  };
}

describe.each(["workflow", "task", "taskforce"] as const)("queries for entities of kind %s", (kind) => {
  test("find and show the same as the evaluation of whole documents", async () => {
    const { filter, projection } = arbitrariesOf(kind);
    await fc.assert(
      fc.asyncProperty(filter, projection, async (query, names) => {
        const expected = documents[kind]
          .filter(compileFilter(query))
          .map((document) =>
            names === undefined
              ? JSON.stringify(document)
              : projectJson(document, compileProjection(names, new WorkMeter())),
          );
        expect(await readAll(kind, query, names)).toEqual(expected);
      }),
      { numRuns: propertyRuns(150) },
    );
  }, 120_000);

  test("return every member of the schema", () => {
    const schema = { workflow: workflowSchema, task: taskDirectiveSchema, taskforce: taskforceSchema }[kind];
    expect(documents[kind].length).toBeGreaterThan(5);
    for (const document of documents[kind])
      expect(Object.keys(document).sort()).toEqual(Object.keys(schema.shape).sort());
  });
});

test("each member of a taskforce comes from its entry, its configuration or its record", () => {
  const origins = Object.keys(taskforceSchema.shape).map((name) => [name, originOf("taskforce", name)]);
  expect(origins.filter(([, origin]) => origin === "configuration").map(([name]) => name)).toEqual([
    "pilot_config",
    "worker_config",
  ]);
  const ofEntry = ["taskforce_uuid", "task_id", "workflow_id", "timestamp", "collector"];
  expect(origins.filter(([, origin]) => origin === "entry").map(([name]) => name)).toEqual(ofEntry);
});
