import { expect, test } from "vitest";
import { inOrder } from "../../src/domain/inOrder.js";

/** Work whose end the test decides. */
function createWork() {
  const running = new Map<number, { resolve: (value: number) => void; reject: (error: Error) => void }>();
  const work = (item: number) => new Promise<number>((resolve, reject) => running.set(item, { resolve, reject }));
  const end = (item: number) => {
    running.get(item)?.resolve(10 * item);
    running.delete(item);
  };
  return { running, work, end };
}

async function collect(results: AsyncIterable<number>, into: number[]): Promise<void> {
  for await (const result of results) into.push(result);
}

/** Lets all that can go on go on. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

test("results come in the order of the items, and at most so many are under way", async () => {
  const { running, work, end } = createWork();
  const seen: number[] = [];
  const done = collect(inOrder([1, 2, 3, 4], { items: 2 }, work), seen);
  await settle();
  expect([...running.keys()]).toEqual([1, 2]);
  end(2);
  await settle();
  expect([...running.keys()]).toEqual([1]);
  end(1);
  await settle();
  expect(seen).toEqual([10, 20]);
  expect([...running.keys()]).toEqual([3, 4]);
  end(3);
  end(4);
  await done;
  expect(seen).toEqual([10, 20, 30, 40]);
});

test("heavy items are not worked on together", async () => {
  const { running, work, end } = createWork();
  const weight = { of: (item: number) => item, total: 10 };
  const done = collect(inOrder([3, 4, 5, 99, 1], { items: 5, weight }, work), []);
  await settle();
  expect([...running.keys()]).toEqual([3, 4]);
  for (const item of [3, 4, 5]) {
    end(item);
    await settle();
  }
  // Too heavy for the limit, and so alone.
  expect([...running.keys()]).toEqual([99]);
  end(99);
  await settle();
  end(1);
  await done;
});

test("the results before a failure of the source come first", async () => {
  async function* source() {
    yield 1;
    yield 2;
    throw new Error("no more");
  }
  const seen: number[] = [];
  const results = inOrder(source(), { items: 5 }, async (item) => 10 * item);
  await expect(collect(results, seen)).rejects.toThrow("no more");
  expect(seen).toEqual([10, 20]);
});

test("what is under way is completed when an item fails", async () => {
  const { running, work, end } = createWork();
  let isOver = false;
  const done = collect(inOrder([1, 2], { items: 2 }, work), []).finally(() => {
    isOver = true;
  });
  await settle();
  running.get(1)?.reject(new Error("broken"));
  await settle();
  expect(isOver).toBe(false);
  end(2);
  await expect(done).rejects.toThrow("broken");
});
