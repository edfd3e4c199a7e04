import { expect, it } from "vitest";
import { problemsFirst, sumByKey, sumOfRows, type TaskforceFacts, taskRow } from "../../client/src/breakdown.js";

const facts = (changes: Partial<TaskforceFacts>): TaskforceFacts => ({
  taskforce_uuid: "TF-1",
  task_id: "TK-1",
  schedd: "a",
  phase: "condor-submit",
  compound_statuses: {},
  errorCount: 0,
  ...changes,
});

const TASKFORCES = [
  facts({ compound_statuses: { RUNNING: { Tasking: 3, null: 1 }, IDLE: { null: 2 } }, errorCount: 1 }),
  facts({ schedd: "b", compound_statuses: { "HELD: disk full": { null: 2 }, HELD: { null: 1 } } }),
  facts({ phase: "condor-rm", compound_statuses: { COMPLETED: { Done: 4, FatalError: 1 }, REMOVED: { null: 1 } } }),
  facts({ schedd: "b", task_id: "TK-2", compound_statuses: { "HELD: disk full": { Tasking: 5 } }, errorCount: 2 }),
];

it("sums up workers, hold reasons, phases and errors by access point", () => {
  const [first, second] = sumByKey(TASKFORCES, ({ schedd }) => schedd);
  expect(first).toMatchObject({
    key: "a",
    taskforceCount: 2,
    phases: { "condor-submit": 1, "condor-rm": 1 },
    workers: { running: 4, idle: 2, held: 0, ended: 6, failed: 1 },
    holdReasons: [],
    errorCount: 1,
  });
  expect(second).toMatchObject({
    key: "b",
    phases: { "condor-submit": 2 },
    workers: { running: 0, idle: 0, held: 8, ended: 0, failed: 0 },
    holdReasons: [
      ["disk full", 7],
      ["no reason reported", 1],
    ],
    errorCount: 2,
  });
  expect(TASKFORCES[1]?.compound_statuses).toEqual({ "HELD: disk full": { null: 2 }, HELD: { null: 1 } });
});

it("has the same row for a task from its summary as from its taskforces", () => {
  const [row] = sumByKey(TASKFORCES.slice(3), ({ task_id }) => task_id);
  const summary = {
    task_id: "TK-2",
    task_image: "i",
    n_taskforces: 1,
    n_workers_requested: 5,
    taskforces_by_phase: { "condor-submit": 1 },
    compound_statuses: { "HELD: disk full": { Tasking: 5 } },
    top_task_errors: { x: 2 },
  };
  expect(taskRow(summary)).toEqual(row);
});

it("orders rows by their problems, and sums them up", () => {
  const rows = sumByKey(TASKFORCES, ({ task_id, schedd }) => `${task_id} ${schedd}`);
  expect(problemsFirst(rows).map(({ key }) => key)).toEqual(["TK-2 b", "TK-1 b", "TK-1 a"]);
  expect(sumOfRows(rows)["HELD: disk full"]).toEqual({ null: 2, Tasking: 5 });
});
