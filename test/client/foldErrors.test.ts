import { describe, expect, it } from "vitest";
import { ErrorGroups, type ErrorOccurrence, foldErrorText } from "../../client/src/foldErrors.js";

describe("folding of error texts", () => {
  it.each([
    ["event 17 of 2,048 failed after 3.5 s", "event # of # failed after # s"],
    ["no TF-6b055875-627b889b-7d647883-d64dd5fc at 12:04:31", "no TF-# at #"],
    ["job 3f2504e0-4f89-41d3-9a0c-0305e82c3301 vanished", "job # vanished"],
    ["segfault at 0x7FFe12ab in deadbeef1234", "segfault at # in #"],
    ["no such file: /scratch/tmpq8w_x2z1/run-0012/in.i3.zst", "no such file: /scratch/#/run-#/in.i#.zst"],
    ["/data/a1b2c3.h5: truncated", "/data/#.h#: truncated"],
    ["  Traceback:\n  File 'x.py', line 7\n", "Traceback:\n  File 'x.py', line #"],
    ["decade defaced feedback", "decade defaced feedback"],
  ])("%j", (text, folded) => {
    expect(foldErrorText(text)).toBe(folded);
  });

  it("keeps texts apart that differ in words", () => {
    expect(foldErrorText("disk full on /a")).not.toBe(foldErrorText("disk full on /b"));
  });

  it("takes linear time for hostile texts", () => {
    for (const text of ["/".repeat(1e6), "0".repeat(1e6), "1,".repeat(5e5), "tmp".repeat(3e5), "a0".repeat(5e5)])
      expect(foldErrorText(text).length).toBeLessThanOrEqual(4000);
  });
});

const occurrence = (changes: Partial<ErrorOccurrence>): ErrorOccurrence => ({
  text: "out of memory at 7",
  count: 1,
  failedPhase: null,
  seenAt: null,
  taskforce_uuid: "TF-1",
  schedd: "a",
  ...changes,
});

describe("groups of errors", () => {
  it("sum up counts, taskforces, schedds and times, the largest group first", () => {
    const groups = new ErrorGroups();
    groups.add(occurrence({ text: "rejected", failedPhase: "condor-submit", seenAt: 20 }));
    groups.add(occurrence({ text: "rejected", failedPhase: "condor-submit", seenAt: 10, schedd: "b" }));
    groups.add(occurrence({ count: 3 }));
    groups.add(occurrence({ text: "out of memory at 8", count: 2, taskforce_uuid: "TF-2" }));
    const { groups: all, groupCount, ungroupedCount } = groups.largest(50);
    expect([groupCount, ungroupedCount]).toEqual([2, 0]);
    expect(all[0]).toEqual({
      pattern: "out of memory at #",
      failedPhase: null,
      count: 5,
      firstSeen: null,
      lastSeen: null,
      texts: new Map([
        ["out of memory at 7", 3],
        ["out of memory at 8", 2],
      ]),
      taskforces: new Set(["TF-1", "TF-2"]),
      schedds: new Set(["a"]),
    });
    expect(all[1]).toMatchObject({ count: 2, firstSeen: 10, lastSeen: 20, schedds: new Set(["a", "b"]) });
  });

  it("keep an error of workers apart from a failed attempt with the same text", () => {
    const groups = new ErrorGroups();
    groups.add(occurrence({}));
    groups.add(occurrence({ failedPhase: "condor-rm", seenAt: 1 }));
    expect(groups.largest(50).groupCount).toBe(2);
  });

  it("are bounded, and count what belongs to none", () => {
    const groups = new ErrorGroups();
    const word = (n: number) => [...String(n)].map((digit) => "ghijklmnop"[Number(digit)]).join("");
    for (let n = 0; n < 1500; n++) groups.add(occurrence({ text: `cannot find ${word(n)}` }));
    for (let n = 0; n < 30; n++) groups.add(occurrence({ text: `cannot find g at ${n}` }));
    const { groups: shown, groupCount, ungroupedCount } = groups.largest(50);
    expect([shown.length, groupCount, ungroupedCount]).toEqual([50, 1000, 530]);
    expect(shown.every(({ texts }) => texts.size <= 10)).toBe(true);
  });
});
