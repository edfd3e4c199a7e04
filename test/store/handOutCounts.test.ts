import { expect, it } from "vitest";
import { freshStore } from "../setup/freshStore.js";

it("hand-outs of the last hour are counted by schedd, and older ones fade out within ten minutes", async () => {
  const { handOutCounts } = (await freshStore(1)).store;
  const start = Date.UTC(2026, 0, 1, 12) / 1000;
  const readAfter = async (minutes: number) =>
    Promise.all(["A", "B"].map((schedd) => handOutCounts.readLastHour(schedd, start + 60 * minutes)));
  await handOutCounts.add(new Map([["A", 8]]), start);
  await handOutCounts.add(new Map(Object.entries({ A: 2, B: 1 })), start + 60 * 30);
  expect(await readAfter(30)).toEqual([10, 1]);
  // Half of the counter from 12:00 to 12:10 is within the hour.
  expect(await readAfter(65)).toEqual([6, 1]);
  expect(await readAfter(75)).toEqual([2, 1]);
});
