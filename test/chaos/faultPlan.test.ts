import { describe, expect, test } from "vitest";
import { BREAK_KINDS, describeBreak, planBreaks } from "./faultPlan.js";

describe("a plan of breaks", () => {
  test("is the same for the same seed, and another for another", () => {
    expect(planBreaks(7, 50)).toEqual(planBreaks(7, 50));
    expect(planBreaks(7, 50)).not.toEqual(planBreaks(8, 50));
  });

  test("has as many breaks as were asked for, all kinds equally often", () => {
    const kinds = planBreaks(7, 3 * BREAK_KINDS.length).flatMap(({ breaks }) =>
      breaks.map(({ kind }) => kind),
    );
    expect(kinds.sort()).toEqual([...BREAK_KINDS, ...BREAK_KINDS, ...BREAK_KINDS].sort());
  });

  test("breaks nothing twice at a time", () => {
    for (const { breaks } of planBreaks(7, 500)) {
      const hits = breaks.flatMap(
        (each) => / of (.+) for /.exec(describeBreak(each))?.[1]?.split(" and ") ?? [],
      );
      expect(new Set(hits).size).toBe(hits.length);
    }
  });
});
