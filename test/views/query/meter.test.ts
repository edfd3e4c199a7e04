import { expect, test } from "vitest";
import { MAX_CONDITION_WORK, MAX_PAGE_WORK } from "../../../src/views/query/limits.js";
import { ConditionTooCostlyError, WorkMeter } from "../../../src/views/query/meter.js";
import { compileStages, prepareFilter } from "../../../src/views/query/prepareFilter.js";
import { QueryTurns } from "../../../src/views/query/turns.js";

test("a page must end when its work is used up", () => {
  const meter = new WorkMeter({ maxWork: 10 });
  meter.charge(9);
  expect([meter.work, meter.isUsedUp]).toEqual([9, false]);
  meter.charge(1);
  expect(meter.isUsedUp).toBe(true);
  const page = new WorkMeter();
  page.charge(MAX_PAGE_WORK - 1);
  expect(page.isUsedUp).toBe(false);
});

test("one condition is limited, conditions one after the other and other work are not", () => {
  const meter = new WorkMeter();
  for (let n = 0; n < 3; n++) {
    meter.beginCondition();
    meter.charge(MAX_CONDITION_WORK);
  }
  expect(() => meter.charge(1)).toThrow(ConditionTooCostlyError);
  meter.endConditions();
  meter.charge(2 * MAX_CONDITION_WORK);
});

/** Pauses until the meter has yielded. */
async function yieldOnce(meter: WorkMeter): Promise<void> {
  for (;;) {
    const paused = meter.pause();
    if (paused !== undefined) return paused;
  }
}

test("a query whose client has gone stops at its next pause", async () => {
  const client = new AbortController();
  const meter = new WorkMeter({ signal: client.signal });
  await yieldOnce(meter);
  client.abort(new Error("gone"));
  await expect(yieldOnce(meter)).rejects.toThrow("gone");
});

test("a query takes a turn as soon as it is expensive, also in parts beside each other", async () => {
  const turns = new QueryTurns();
  const turn = turns.turnOf("a");
  const meter = new WorkMeter({ turn });
  await yieldOnce(meter);
  expect(turns.running).toBe(0);
  meter.charge(10_000_000);
  await Promise.all([yieldOnce(meter), yieldOnce(meter), yieldOnce(meter)]);
  expect(turns.running).toBe(1);
  turn.end();
  expect(turns.running).toBe(0);
});

const objects = Array.from({ length: 3_000 }, (_, n) => ({ [`key${n}`]: 1 }));
const costly = { n: 1, a: { $in: objects } };

test.each<[object, string]>([
  [costly, "query.a"],
  [{ b: 1, $or: [costly] }, "query.$or[0].a"],
  [{ $or: [{ b: 2 }, { b: 3 }, { $and: [{ n: 1 }, costly] }] }, "query.$or[2].$and[1].a"],
  [
    {
      $comment: "x",
      $nor: [{ $comment: "y", $nor: [{ b: 1 }, { b: 4 }] }, { a: objects[0] }, { a: { $in: objects } }],
    },
    "query.$nor[1].a",
  ],
])("a condition that takes too much work on one document is refused with its place: %#", async (filter, place) => {
  const document = (length: number) => ({ a: Array.from({ length }, () => ({ other: 2 })), b: 1, n: 1 });
  const known = { originOf: () => "record" as const, valuesOfMembers: new Map() };
  const stages = await compileStages(await prepareFilter(filter as Record<string, unknown>, new WorkMeter()), known);
  const { matches } = stages[0]!;
  await matches(document(1), 100);
  for (const length of [100, 1_000_000])
    await expect((async () => matches(document(5_000), length))()).rejects.toThrow(
      `${place}: takes too much work on a single document; use fewer or simpler conditions`,
    );
});
