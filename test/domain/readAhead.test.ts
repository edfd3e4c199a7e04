import { expect, test } from "vitest";
import { readAhead } from "../../src/domain/readAhead.js";

/** A source of the numbers from 1. @param requested gets each number when it is requested */
async function* countTo(last: number, requested: number[]): AsyncGenerator<number> {
  for (let n = 1; n <= last; n++) {
    requested.push(n);
    yield n;
  }
}

test("each item is requested while the caller works on the one before", async () => {
  const requested: number[] = [];
  const items = readAhead(countTo(3, requested));
  expect(requested).toEqual([1]);
  const seen: number[][] = [];
  for await (const item of items) seen.push([item, ...requested]);
  expect(seen).toEqual([
    [1, 1, 2],
    [2, 1, 2, 3],
    [3, 1, 2, 3],
  ]);
});

test("an item that the caller probably does not need is requested when it asks for it", async () => {
  const requested: number[] = [];
  const seen: number[][] = [];
  for await (const item of readAhead(countTo(3, requested), (n) => n !== 1)) seen.push([item, ...requested]);
  expect(seen).toEqual([
    [1, 1],
    [2, 1, 2, 3],
    [3, 1, 2, 3],
  ]);
});

test("a caller that stops early requests no more, and the source ends", async () => {
  const requested: number[] = [];
  const source = countTo(9, requested);
  for await (const item of readAhead(source, () => false)) if (item === 2) break;
  expect(requested).toEqual([1, 2]);
  expect(await source.next()).toEqual({ done: true, value: undefined });
});
