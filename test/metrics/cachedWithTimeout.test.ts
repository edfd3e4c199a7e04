import { once } from "node:events";
import { expect, test } from "vitest";
import { cachedWithTimeout } from "../../src/metrics/cachedWithTimeout.js";

const LONG_TIMEOUT_MS = 3_600_000;

test("a recent value is returned from the cache", async () => {
  let reads = 0;
  const get = cachedWithTimeout(async () => ++reads, {
    maxAgeMs: LONG_TIMEOUT_MS,
    timeoutMs: LONG_TIMEOUT_MS,
  });
  expect(await Promise.all([get(), get(), get()])).toEqual([1, 1, 1]);
  expect(await get()).toBe(1);
});

test("an old value is read again", async () => {
  let reads = 0;
  const get = cachedWithTimeout(async () => ++reads, { maxAgeMs: 0, timeoutMs: LONG_TIMEOUT_MS });
  expect([await get(), await get()]).toEqual([1, 2]);
});

test("a failure yields undefined, and is not cached", async () => {
  let reads = 0;
  const read = async () => {
    if (++reads === 1) throw new Error("away");
    return "well";
  };
  const get = cachedWithTimeout(read, { maxAgeMs: LONG_TIMEOUT_MS, timeoutMs: LONG_TIMEOUT_MS });
  expect([await get(), await get()]).toEqual([undefined, "well"]);
});

test("a hanging read does not block callers, and is not repeated", async () => {
  let reads = 0;
  const answers = new EventTarget();
  const read = async () => {
    reads++;
    await once(answers, "answer");
    return "late";
  };
  const get = cachedWithTimeout(read, { maxAgeMs: LONG_TIMEOUT_MS, timeoutMs: 1 });
  expect([await get(), await get()]).toEqual([undefined, undefined]);
  expect(reads).toBe(1);
  const waiting = get();
  answers.dispatchEvent(new Event("answer"));
  expect(await waiting).toBe("late");
  expect(await get()).toBe("late");
  expect(reads).toBe(1);
});
