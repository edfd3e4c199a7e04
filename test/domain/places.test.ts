import { expect, test } from "vitest";
import { Places } from "../../src/domain/places.js";

/** Takes a place and records that. */
function taker(places: Places) {
  const order: string[] = [];
  const releases = new Map<string, () => void>();
  const take = async (name: string, caller: string, signal?: AbortSignal) => {
    const release = await places.take(caller, signal);
    order.push(name);
    releases.set(name, release);
  };
  /** Gives a place back, and lets the next one take it. */
  const release = async (name: string) => {
    releases.get(name)?.();
    await Promise.resolve().then(() => undefined);
    await new Promise(setImmediate);
  };
  return { order, take, release };
}

test("places are taken at once as long as there are some", async () => {
  const { order, take } = taker(new Places(2));
  await Promise.all([take("a", "A"), take("b", "A")]);
  expect(order).toEqual(["a", "b"]);
});

test("callers take turns, whatever the number of their requests", async () => {
  const places = new Places(1);
  const { order, take, release } = taker(places);
  await take("a1", "A");
  const all = [take("a2", "A"), take("a3", "A"), take("a4", "A"), take("b1", "B"), take("b2", "B")];
  expect(places.isAwaited).toBe(true);
  for (const name of ["a1", "a2", "b1", "a3", "b2", "a4"]) await release(name);
  await Promise.all(all);
  expect(order).toEqual(["a1", "a2", "b1", "a3", "b2", "a4"]);
  expect(places.isAwaited).toBe(false);
});

test("a caller does not take more than its places", async () => {
  const { order, take, release } = taker(new Places(3, 2));
  await Promise.all([take("a1", "A"), take("a2", "A")]);
  const third = take("a3", "A");
  await take("b1", "B");
  expect(order).toEqual(["a1", "a2", "b1"]);
  await release("a2");
  await third;
});

test("a request that is aborted leaves the queue", async () => {
  const { order, take, release } = taker(new Places(1));
  await take("a", "A");
  const controller = new AbortController();
  const aborted = take("b", "B", controller.signal);
  const next = take("c", "C");
  controller.abort(new Error("gone"));
  await expect(aborted).rejects.toThrow("gone");
  await release("a");
  await next;
  expect(order).toEqual(["a", "c"]);
  await expect(take("d", "D", controller.signal)).rejects.toThrow("gone");
});

test("a place is given back once", async () => {
  const { order, take, release } = taker(new Places(1));
  await take("a", "A");
  await release("a");
  await release("a");
  await take("b", "B");
  const third = take("c", "C");
  expect(order).toEqual(["a", "b"]);
  await release("b");
  await third;
});
