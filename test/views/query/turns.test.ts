import fc from "fast-check";
import { expect, test } from "vitest";
import { MAX_EXPENSIVE_QUERIES } from "../../../src/views/query/limits.js";
import { QueryEndedError, type QueryTurn, QueryTurns } from "../../../src/views/query/turns.js";
import { propertyRuns } from "../../setup/propertyRuns.js";

/** Lets all promises go on that can. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

/** Queries whose turns are over as soon as another one waits, or never. */
class Queries {
  readonly turns: QueryTurns;
  /** Names in the order in which the queries got their place. */
  readonly started: string[] = [];
  readonly #turnByName = new Map<string, QueryTurn>();

  constructor(turnMs = Number.POSITIVE_INFINITY) {
    this.turns = new QueryTurns(turnMs);
  }

  /** A query asks for its turn. @param name its caller is the first letter */
  async take(name: string, signal?: AbortSignal): Promise<void> {
    const turn = this.#turnByName.get(name) ?? this.turns.turnOf(name.charAt(0));
    this.#turnByName.set(name, turn);
    await turn.take(signal);
    this.started.push(name);
  }

  end(name: string): Promise<unknown> {
    this.#turnByName.get(name)?.end();
    return settle();
  }
}

test("two queries run at a time; the next one starts when one ends", async () => {
  const queries = new Queries();
  for (const name of ["a", "b", "c", "d"]) void queries.take(name);
  await settle();
  expect([queries.started, queries.turns.running]).toEqual([["a", "b"], 2]);
  await queries.end("a");
  expect([queries.started, queries.turns.running]).toEqual([["a", "b", "c"], 2]);
  for (const name of ["b", "c", "d"]) await queries.end(name);
  expect([queries.started, queries.turns.running]).toEqual([["a", "b", "c", "d"], 0]);
});

test("callers take turns, however many queries one of them sends", async () => {
  const queries = new Queries();
  const names = ["x1", "x2", ...Array.from({ length: 10 }, (_, n) => `a${n}`), "b0", "b1"];
  for (const name of names) void queries.take(name);
  for (let n = 0; n < names.length; n++) {
    await settle();
    await queries.end(queries.started[n] ?? "");
  }
  expect(queries.started.slice(2)).toEqual(["a0", "b0", "a1", "b1", "a2", "a3", "a4", "a5", "a6", "a7", "a8", "a9"]);
});

test("a query whose turn is over gives its place to the next one, and waits behind it", async () => {
  const queries = new Queries(0);
  for (const name of ["a", "b"]) await queries.take(name);
  await queries.take("a");
  expect(queries.started).toEqual(["a", "b", "a"]);
  void queries.take("c");
  await settle();
  expect(queries.started).toHaveLength(3);
  void queries.take("b");
  await settle();
  expect(queries.started.slice(3)).toEqual(["c"]);
  await queries.end("a");
  expect(queries.started.slice(3)).toEqual(["c", "b"]);
  expect(queries.turns.running).toBe(2);
});

test("a query that is aborted while it waits leaves the queue, and its caller keeps its place", async () => {
  const queries = new Queries();
  for (const name of ["x", "y"]) await queries.take(name);
  const gone = new AbortController();
  const aborted = queries.take("a0", gone.signal);
  for (const name of ["a1", "b0"]) void queries.take(name);
  gone.abort(new Error("gone"));
  await expect(aborted).rejects.toThrow("gone");
  await queries.end("x");
  await queries.end("y");
  expect(queries.started).toEqual(["x", "y", "a1", "b0"]);
  for (const name of ["a1", "b0"]) await queries.end(name);
  expect(queries.turns.running).toBe(0);
});

test("a query that is aborted already does not wait", async () => {
  const queries = new Queries();
  await expect(queries.take("a", AbortSignal.abort(new Error("gone")))).rejects.toThrow("gone");
  expect(queries.turns.running).toBe(0);
});

test("parts of a query that ask at the same time share one place", async () => {
  const queries = new Queries();
  await Promise.all(Array.from({ length: 16 }, () => queries.take("a")));
  expect(queries.turns.running).toBe(1);
  await queries.take("b");
  const parts = Promise.all(Array.from({ length: 16 }, () => queries.take("c")));
  await queries.end("a");
  await parts;
  expect(queries.turns.running).toBe(2);
  for (const name of ["b", "c"]) await queries.end(name);
  expect(queries.turns.running).toBe(0);
});

test("a part that goes on after the end of its query gets no place", async () => {
  const queries = new Queries();
  for (const name of ["a", "b"]) await queries.take(name);
  const waiting = queries.take("c");
  await Promise.all([expect(waiting).rejects.toThrow(QueryEndedError), queries.end("c")]);
  await queries.end("a");
  await expect(queries.take("a")).rejects.toThrow(QueryEndedError);
  await queries.end("b");
  expect(queries.turns.running).toBe(0);
});

const someQuery = fc.record({
  caller: fc.constantFrom("a", "b", "c"),
  /** How often it asks for its turn. */
  steps: fc.integer({ min: 1, max: 6 }),
  /** The step at which its client goes. */
  abortAt: fc.option(fc.nat({ max: 5 })),
  parts: fc.integer({ min: 1, max: 3 }),
});

test("any queries: at most two run, each one ends, and no place is lost", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(someQuery, { maxLength: 20 }), fc.constantFrom(0, 1e9), async (all, turnMs) => {
      const turns = new QueryTurns(turnMs);
      let most = 0;
      const run = async ({ caller, steps, abortAt, parts }: (typeof all)[number]) => {
        const turn = turns.turnOf(caller);
        const client = new AbortController();
        try {
          for (let step = 0; step < steps; step++) {
            const asked = Array.from({ length: parts }, () => turn.take(client.signal));
            if (step === abortAt) client.abort(new Error("gone"));
            await Promise.all(asked);
            most = Math.max(most, turns.running);
            await settle();
          }
        } finally {
          turn.end();
        }
      };
      const results = await Promise.allSettled(all.map(run));
      expect(most).toBeLessThanOrEqual(MAX_EXPENSIVE_QUERIES);
      expect(turns.running).toBe(0);
      for (const [index, { status }] of results.entries()) {
        const { abortAt, steps } = all[index]!;
        if (abortAt === null || abortAt >= steps) expect(status).toBe("fulfilled");
      }
    }),
    { numRuns: propertyRuns(100) },
  );
});
