import { afterAll, beforeAll, expect, it } from "vitest";
import { type ApiFixture, startApiFixture } from "./apiFixture.js";

let fixture: ApiFixture;
const COUNT = 8;
beforeAll(async () => {
  fixture = await startApiFixture({ QUERY_MAX_SCAN: "3" });
  const task_env = Object.fromEntries(Array.from({ length: 3_000 }, (_, n) => [`KEY_${n}`, "x"]));
  for (let n = 0; n < COUNT; n++)
    await fixture.createWorkflow(fixture.nextLocation(), n === 0 ? { task_env } : {}, { priority: n });
});
afterAll(() => fixture.close());

const find = (body: object, plural = "taskforces", parameters = "") =>
  fixture.client.post(`/v1/query/${plural}${parameters}`, body);

/** The pages of a query: the priorities on each, and the parts of its plan. */
async function readPages(query: object, parameters = "") {
  const pages: { priorities: number[]; plan: string }[] = [];
  let after: string | null = "";
  while (after !== null) {
    const { status, body, headers } = await find({ query, after, projection: ["priority"] }, "taskforces", parameters);
    expect(status).toBe(200);
    const priorities = (body.taskforces as { priority: number }[]).map(({ priority }) => priority);
    pages.push({ priorities, plan: String(headers["ewms-query-plan"]).replace(/ work=\d+,/, "") });
    after = body.next_after;
  }
  return pages;
}

it("a filter that matches nothing gives empty pages up to the end", async () => {
  expect(await readPages({ n_workers: -1 })).toEqual([
    { priorities: [], plan: 'index="all", looked-at=3, matched=0, ended=scan' },
    { priorities: [], plan: 'index="all", looked-at=3, matched=0, ended=scan' },
    { priorities: [], plan: 'index="all", looked-at=2, matched=0, ended=end' },
  ]);
});

it.each(["oldest", "newest"])("few matches are on pages among empty ones, each once, %s first", async (order) => {
  const found = (
    await readPages({ $or: [{ priority: { $gte: 6 } }, { priority: { $lt: 1 } }] }, `?order=${order}`)
  ).map(({ priorities }) => priorities);
  expect(found).toEqual(order === "oldest" ? [[0], [], [6, 7]] : [[7, 6], [], [0]]);
});

it("an index leaves out what cannot match", async () => {
  expect(await readPages({ priority: { $in: [1, 3, 5, 7] }, n_workers: { $ne: 0 } })).toEqual([
    { priorities: [1, 3, 5], plan: 'index="priority", looked-at=3, matched=3, ended=scan' },
    { priorities: [7], plan: 'index="priority", looked-at=1, matched=1, ended=end' },
  ]);
  const [union] = await readPages({ $or: [{ priority: 1 }, { cluster_id: 5 }] });
  expect(union?.plan).toBe('index="priority cluster_id", looked-at=1, matched=1, ended=end');
});

it.each<[string, object, string]>([
  [
    "a divisor",
    { $or: [{ n_workers: { $mod: [2 ** 63, 1] } }] },
    "query.$or[0].n_workers.$mod: expected integers of 64 bits",
  ],
  ["a remainder", { a: { $mod: [2, -1e300] } }, "query.a.$mod: expected integers of 64 bits"],
])("refuses %s beyond 64 bits", async (_what, query, reason) => {
  expect(await find({ query })).toMatchObject({ status: 400, reason });
});

it("-2^63 is an integer of 64 bits", async () => {
  expect((await find({ query: { priority: { $mod: [-(2 ** 63), -(2 ** 63)] } } })).status).toBe(200);
  expect(
    (await find({ query: { priority: { $mod: [-(2 ** 63), 1] } }, projection: ["priority"] })).body.taskforces,
  ).toEqual([{ priority: 1 }]);
});

it("refuses a condition that takes too much work on one document, with its place", async () => {
  const objects = Array.from({ length: 3_000 }, (_, n) => ({ [`KEY_${n}`]: "y" }));
  const query = { $or: [{ task_args: "no" }, { task_image: { $exists: true }, task_env: { $in: objects } }] };
  expect(await find({ query }, "task-directives")).toMatchObject({
    status: 400,
    reason: "query.$or[1].task_env: takes too much work on a single document; use fewer or simpler conditions",
  });
});
