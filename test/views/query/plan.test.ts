import { describe, expect, test } from "vitest";
import { type EntityKind, partitionOf } from "../../../src/store/keys.js";
import { planFilter } from "../../../src/views/query/plan.js";
import { idsOf } from "./taskforcePopulation.js";

const PARTITIONS = 8;
const [one, other] = [idsOf(1, 5), idsOf(2, 5)];
const home = partitionOf(one.taskforce_uuid, PARTITIONS);
const away = partitionOf(other.taskforce_uuid, PARTITIONS);
const index = (field: string, ...values: (string | number)[]) => ({ by: "index", field, values });
const ids = (...given: string[]) => ({ by: "ids", ids: given });

type Row = [kind: EntityKind, filter: Record<string, unknown>, covers: object[], partitions?: number[]];

const ROWS: Row[] = [
  ["taskforce", {}, []],
  ["taskforce", { schedd: "A" }, [index("schedd", "A")]],
  ["taskforce", { schedd: { $eq: "A" } }, [index("schedd", "A")]],
  ["taskforce", { schedd: { $in: ["A", "B", "A"] } }, [index("schedd", "A", "B")]],
  ["taskforce", { schedd: { $in: ["A"], $ne: "B" } }, [index("schedd", "A")]],
  [
    "taskforce",
    { $and: [{ schedd: "A" }, { $and: [{ cluster_id: 5 }] }] },
    [index("schedd", "A"), index("cluster_id", 5)],
  ],
  ["taskforce", { $or: [{ schedd: "A" }] }, []],
  ["taskforce", { schedd: { $not: { $eq: "A" } } }, []],
  ["taskforce", { schedd: { $ne: "A" } }, []],
  ["taskforce", { schedd: "" }, []],
  ["taskforce", { schedd: null }, []],
  ["taskforce", { schedd: 5 }, []],
  ["taskforce", { schedd: ["A"] }, []],
  ["taskforce", { schedd: { b: 1 } }, []],
  ["taskforce", { schedd: { $in: ["A", null] } }, []],
  ["taskforce", { schedd: { $in: [] } }, [index("schedd")]],
  ["taskforce", { cluster_id: "5" }, []],
  ["taskforce", { cluster_id: 5.5 }, []],
  ["taskforce", { "schedd.a": "A" }, []],
  ["taskforce", { n_workers: 5 }, []],
  ["taskforce", { schedd: { $in: Array.from({ length: 3_000 }, (_, n) => `s${n}`) } }, []],
  ["taskforce", { taskforce_uuid: one.taskforce_uuid }, [ids(one.taskforce_uuid)], [home]],
  ["taskforce", { taskforce_uuid: "TF-x" }, [ids()], []],
  [
    "taskforce",
    { workflow_id: one.workflow_id, phase: "x" },
    [index("workflow_id", one.workflow_id), index("phase", "x")],
    [home],
  ],
  ["taskforce", { task_id: { $in: [one.task_id, "TK-x"] } }, [index("task_id", one.task_id)], [home]],
  [
    "taskforce",
    { workflow_id: one.workflow_id, task_id: other.task_id },
    [index("workflow_id", one.workflow_id), index("task_id", other.task_id)],
    [],
  ],
  ["taskforce", { workflow_id: { $in: [one.workflow_id, null] } }, []],
  ["task", { task_id: one.task_id }, [ids(one.task_id)], [home]],
  ["task", { workflow_id: one.workflow_id }, [index("workflow_id", one.workflow_id)], [home]],
  ["task", { schedd: "A", taskforce_uuid: one.taskforce_uuid }, []],
  [
    "workflow",
    { workflow_id: { $in: [one.workflow_id, other.workflow_id] } },
    [ids(one.workflow_id, other.workflow_id)],
    [home, away],
  ],
  ["workflow", { task_id: one.task_id }, []],
];

describe("the index plan of", () => {
  test.each(ROWS)("%s %j", (kind, filter, covers, partitions) => {
    const plan = planFilter(kind, filter, PARTITIONS);
    expect(plan.candidateSets).toEqual(covers);
    expect(plan.partitions).toEqual(partitions === undefined ? undefined : new Set(partitions));
  });
});

const always = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };

describe("the creation time range of matches of", () => {
  test.each<[filter: Record<string, unknown>, created: object]>([
    [{}, always],
    [{ timestamp: 5 }, { from: 5, to: 5 }],
    [{ timestamp: { $eq: 5 } }, { from: 5, to: 5 }],
    [{ timestamp: { $gt: 5 } }, { ...always, from: 5 }],
    [{ timestamp: { $gte: 5, $lt: 7 } }, { from: 5, to: 7 }],
    [
      { timestamp: { $lte: 7 }, $and: [{ timestamp: { $lt: 9 } }, { timestamp: { $gte: 1 } }] },
      { from: 1, to: 7 },
    ],
    [{ timestamp: { $gt: "5", $lt: null } }, always],
    [{ timestamp: { $not: { $gt: 5 } } }, always],
    [{ timestamp: { $ne: 5, $in: [1, 2] } }, always],
    [{ $or: [{ timestamp: 5 }] }, always],
    [{ $nor: [{ timestamp: 5 }] }, always],
    [{ "timestamp.a": 5, "log.timestamp": 6 }, always],
  ])("%j", (filter, created) => {
    expect(planFilter("taskforce", filter, PARTITIONS).created).toEqual(created);
  });
});
