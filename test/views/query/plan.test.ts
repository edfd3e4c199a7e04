import { describe, expect, test } from "vitest";
import type { EntityKind } from "../../../src/store/keys.js";
import { FilterCompiler } from "../../../src/views/query/filterCompiler.js";
import { MAX_STATE_WORK, MAX_TIME_RANGES } from "../../../src/views/query/limits.js";
import { mergeEqualities } from "../../../src/views/query/mergeEqualities.js";
import { WorkMeter } from "../../../src/views/query/meter.js";
import { type Constraint, planFilter } from "../../../src/views/query/plan.js";
import { FilterPatterns } from "../../../src/views/query/regex.js";
import { idsOf } from "./taskforcePopulation.js";

const [one, other] = [idsOf(1, 5), idsOf(2, 5)];

type Filter = Record<string, unknown>;
type Values = Record<string, (string | number)[]>;

const plan = (kind: EntityKind, filter: Filter, isComplete?: (field: string) => boolean): Promise<Constraint> => {
  const meter = new WorkMeter();
  return planFilter(kind, mergeEqualities(filter), new FilterCompiler(new FilterPatterns(meter), meter), isComplete);
};

/** The values of indexes, and the ids under `ids`. */
const valuesIn = ({ ids, values }: Constraint): Values =>
  Object.fromEntries(
    [...values, ...(ids === undefined ? [] : [["ids", ids] as const])].map(([field, set]) => [field, [...set]]),
  );

const otherPhases = (...phases: string[]) =>
  [
    "pre-mq-activation",
    "pre-launch",
    "pending-starter",
    "condor-submit",
    "pending-stopper",
    "condor-rm",
    "condor-complete",
  ].filter((phase) => !phases.includes(phase));

const longList = Array.from({ length: 20_000 }, (_, n) => n);

const ROWS: [kind: EntityKind, filter: Filter, values: Values][] = [
  ["taskforce", {}, {}],
  ["taskforce", { schedd: "A" }, { schedd: ["A"] }],
  ["taskforce", { schedd: { $eq: "A" } }, { schedd: ["A"] }],
  ["taskforce", { schedd: { $in: ["A", "B", "A"] } }, { schedd: ["A", "B"] }],
  ["taskforce", { schedd: { $in: ["A", "B"], $eq: "B" } }, { schedd: ["B"] }],
  ["taskforce", { $and: [{ schedd: { $in: ["A", "B"] } }, { schedd: { $in: ["B", "C"] } }] }, { schedd: ["B"] }],
  ["taskforce", { $and: [{ schedd: "A" }, { $and: [{ cluster_id: 5 }] }] }, { schedd: ["A"], cluster_id: [5] }],
  ["taskforce", { cluster_id: { $in: longList } }, { cluster_id: longList }],
  ["taskforce", { priority: 100 }, { priority: [100] }],
  ["taskforce", { priority: { $in: [100, 50] } }, {}],
  ["taskforce", { schedd: { $not: { $eq: "A" } } }, {}],
  ["taskforce", { schedd: { $ne: "A" } }, {}],
  ["taskforce", { schedd: "" }, {}],
  ["taskforce", { schedd: null }, {}],
  ["taskforce", { schedd: 5 }, {}],
  ["taskforce", { schedd: ["A"] }, {}],
  ["taskforce", { schedd: { b: 1 } }, {}],
  ["taskforce", { schedd: { $in: ["A", null] } }, {}],
  ["taskforce", { schedd: { $in: [] } }, { schedd: [] }],
  ["taskforce", { cluster_id: "5" }, {}],
  ["taskforce", { cluster_id: 5.5 }, {}],
  ["taskforce", { "schedd.a": "A" }, {}],
  ["taskforce", { n_workers: 5 }, {}],
  ["taskforce", { taskforce_uuid: one.taskforce_uuid }, { ids: [one.taskforce_uuid] }],
  ["taskforce", { taskforce_uuid: "TF-x" }, { ids: [] }],
  ["taskforce", { task_id: { $in: [one.task_id, "TK-x"] } }, { task_id: [one.task_id] }],
  ["taskforce", { workflow_id: { $in: [one.workflow_id, null] } }, {}],
  ["task", { task_id: one.task_id }, { ids: [one.task_id] }],
  ["task", { workflow_id: one.workflow_id }, { workflow_id: [one.workflow_id] }],
  ["task", { task_image: "a" }, { task_image: ["a"] }],
  ["task", { schedd: "A", taskforce_uuid: one.taskforce_uuid }, {}],
  [
    "workflow",
    { workflow_id: { $in: [one.workflow_id, other.workflow_id] } },
    { ids: [one.workflow_id, other.workflow_id] },
  ],
  ["workflow", { task_id: one.task_id }, {}],
];

const STATES: [kind: EntityKind, filter: Filter, values: Values][] = [
  ["taskforce", { phase: "pre-launch" }, { phase: ["pre-launch"] }],
  ["taskforce", { phase: "unknown" }, { phase: [] }],
  ["taskforce", { phase: { $ne: "condor-complete" } }, { phase: otherPhases("condor-complete") }],
  ["taskforce", { phase: { $nin: ["condor-complete", "x"] } }, { phase: otherPhases("condor-complete") }],
  ["taskforce", { phase: { $not: { $in: ["pre-launch"] } } }, { phase: otherPhases("pre-launch") }],
  ["taskforce", { phase: { $regex: "^pending-" } }, { phase: ["pending-starter", "pending-stopper"] }],
  ["taskforce", { $nor: [{ phase: "pre-launch" }, { n_workers: 1 }] }, { phase: otherPhases("pre-launch") }],
  ["taskforce", { $nor: [{ phase: "pre-launch", n_workers: 1 }] }, {}],
  ["taskforce", { $or: [{ phase: { $gt: "pre-m" } }, { phase: null }] }, { phase: ["pre-mq-activation"] }],
  ["taskforce", { top_task_errors: { $ne: {} } }, { errors: ["yes"] }],
  ["taskforce", { "top_task_errors.HELD": { $gt: 3 } }, { errors: ["yes"] }],
  ["taskforce", { "top_task_errors.HELD": { $exists: false } }, {}],
  ["taskforce", { top_task_errors: {} }, {}],
  ["taskforce", { errors: "yes" }, {}],
  ["taskforce", { "phase_change_log.was_successful": false }, { failures: ["yes"] }],
  ["taskforce", { "phase_change_log.was_successful": { $ne: false } }, {}],
  ["taskforce", { phase_change_log: { $elemMatch: { was_successful: false, context: "x" } } }, { failures: ["yes"] }],
  ["taskforce", { phase_change_log: { $elemMatch: { was_successful: true } } }, {}],
  ["taskforce", { phase_change_log: { $elemMatch: { context: "x" } } }, {}],
  ["workflow", { deactivated: null }, { deactivated: ["ACTIVE"] }],
  ["workflow", { deactivated: { $ne: null } }, { deactivated: ["ABORTED", "FINISHED"] }],
  ["workflow", { deactivated: { $in: ["ABORTED", null] } }, { deactivated: ["ACTIVE", "ABORTED"] }],
  ["workflow", { deactivated: "ACTIVE" }, { deactivated: [] }],
];

describe("the indexes of", () => {
  test.each(ROWS)("%s %j", async (kind, filter, values) => {
    expect(valuesIn(await plan(kind, filter))).toEqual(values);
  });
});

describe("the indexes of states of", () => {
  test.each(STATES)("%s %j", async (kind, filter, values) => {
    expect(valuesIn(await plan(kind, filter))).toEqual(values);
  });
});

test("an $or has the indexes of its branches", async () => {
  const { alternatives } = await plan("taskforce", {
    n_workers: 1,
    $or: [{ schedd: "A" }, { cluster_id: 5, phase: null }],
  });
  expect(alternatives.map((branches) => branches.map(valuesIn))).toEqual([
    [{ schedd: ["A"] }, { cluster_id: [5], phase: [] }],
  ]);
});

test("an index that is not complete is not used", async () => {
  const isComplete = (field: string) => field !== "priority" && field !== "errors";
  expect(
    valuesIn(await plan("taskforce", { priority: 5, top_task_errors: { $ne: {} }, schedd: "A" }, isComplete)),
  ).toEqual({
    schedd: ["A"],
  });
});

describe("a filter with many levels of many clauses", () => {
  const nest = (clauses: Filter[], levels: number): Filter => {
    let filter: Filter = { $or: clauses };
    for (let level = 0; level < levels; level++) filter = { $or: [filter, { phase: { $lt: `a${level}` } }] };
    return filter;
  };

  test.each<[string, Filter]>([
    [
      "on one state",
      nest(
        Array.from({ length: 2_000 }, (_, n) => ({ phase: { $gt: `x${n}` } })),
        90,
      ),
    ],
    [
      "on other fields",
      nest(
        Array.from({ length: 6_000 }, (_, n) => ({ n_workers: { $gt: n } })),
        90,
      ),
    ],
    [
      "with patterns",
      nest(
        Array.from({ length: 5 }, (_, n) => ({ phase: { $regex: `(${n}|.*x){150}` } })),
        90,
      ),
    ],
  ])("%s takes little work to plan, and may use no index", async (_what, filter) => {
    const meter = new WorkMeter();
    const compiler = new FilterCompiler(new FilterPatterns(meter), meter);
    const { values } = await planFilter("taskforce", mergeEqualities(filter), compiler);
    expect(meter.work).toBeLessThan(10 * MAX_STATE_WORK);
    for (const found of values.values()) expect(found.size).toBe(0);
  });
});

const [first, last] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
const always: [number, number][] = [[first, last]];
/** The id's first digits and its time. */
const [digits, seconds] = ["WF-65a1", 0x65a1_0000 - 3600];
const end = 0x65a1_ffff + 3600;

describe("the creation times of matches of", () => {
  test.each<[kind: EntityKind, filter: Filter, created: [from: number, to: number][]]>([
    ["taskforce", {}, always],
    ["taskforce", { timestamp: 5 }, [[5, 5]]],
    ["taskforce", { timestamp: { $eq: 5 } }, [[5, 5]]],
    ["taskforce", { timestamp: { $gt: 5 } }, [[5, last]]],
    ["taskforce", { timestamp: { $gte: 5, $lt: 7 } }, [[5, 7]]],
    ["taskforce", { timestamp: { $lte: 7 }, $and: [{ timestamp: { $lt: 9 } }, { timestamp: { $gte: 1 } }] }, [[1, 7]]],
    ["taskforce", { timestamp: { $gt: "5", $lt: null } }, always],
    ["taskforce", { timestamp: { $not: { $gt: 5 } } }, always],
    [
      "taskforce",
      { timestamp: { $ne: 5, $in: [3, "x", 1] } },
      [
        [1, 1],
        [3, 3],
      ],
    ],
    ["taskforce", { timestamp: { $in: [1, 3], $gt: 2 } }, [[3, 3]]],
    [
      "taskforce",
      { $or: [{ timestamp: { $lt: 2 } }, { timestamp: { $gte: 1, $lt: 4 } }, { timestamp: 9 }] },
      [
        [first, 4],
        [9, 9],
      ],
    ],
    ["taskforce", { $or: [{ timestamp: 5 }, { n_workers: 1 }] }, always],
    ["taskforce", { $nor: [{ timestamp: 5 }] }, always],
    ["taskforce", { "timestamp.a": 5, "log.timestamp": 6 }, always],
    ["taskforce", { timestamp: { $gt: 5, $lt: 3 } }, []],
    ["workflow", { workflow_id: { $regex: `^${digits}` } }, [[seconds, end]]],
    ["taskforce", { workflow_id: { $regex: `^${digits}` } }, [[seconds, last]]],
    ["workflow", { workflow_id: { $gte: digits, $lt: "WF-65a2" } }, [[seconds, 0x65a2_ffff + 3600]]],
    ["task", { task_id: { $regex: "^TK-65a1f?" } }, [[seconds, end]]],
    ["workflow", { workflow_id: { $regex: "^WF-65a1|x" } }, always],
    ["workflow", { workflow_id: { $regex: `^${digits}`, $options: "i" } }, always],
    ["workflow", { workflow_id: { $gte: "W", $lt: "WF-x" } }, always],
    ["workflow", { task_id: { $gte: "TK-65a1" } }, [[seconds, last]]],
  ])("%s %j", async (kind, filter, created) => {
    expect((await plan(kind, filter)).created.map(({ from, to }) => [from, to])).toEqual(created);
  });
});

test("a long list of times becomes a few thousand ranges that hold all of them", async () => {
  const times = Array.from({ length: 200_000 }, (_, n) => (7 * n) % 200_000);
  const { created } = await plan("taskforce", { timestamp: { $in: times } });
  expect(created).toHaveLength(MAX_TIME_RANGES);
  const perRange = times.length / MAX_TIME_RANGES;
  expect(created).toEqual(created.map((_, n) => ({ from: n * perRange, to: (n + 1) * perRange - 1 })));
});
