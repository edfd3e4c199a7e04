import { expect, test } from "vitest";
import { starterRank } from "../../src/queues/queues.js";

test("higher priority goes first, then fewer failures", () => {
  const inOrder = [
    starterRank(200, 0),
    starterRank(150, 0),
    starterRank(150, 2),
    starterRank(149, 0),
    starterRank(50, 1),
    starterRank(50, 60),
    starterRank(49, 0),
    starterRank(-100, 0),
  ];
  expect(inOrder).toEqual([...inOrder].sort((a, b) => a - b));
  expect(new Set(inOrder).size).toBe(inOrder.length);
});

test("every priority gives a rank within BullMQ's range", () => {
  for (const priority of [Number.MAX_SAFE_INTEGER, 200, 0, -1_000_000, Number.MIN_SAFE_INTEGER])
    for (const failures of [0, 63, 1000]) {
      const rank = starterRank(priority, failures);
      expect(rank).toBeGreaterThanOrEqual(1);
      expect(rank).toBeLessThanOrEqual(2_097_152);
    }
});
