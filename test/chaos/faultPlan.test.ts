import { describe, expect, test } from "vitest";
import { describeFault, FAULT_KINDS, planFaults } from "./faultPlan.js";
import { possibleFaults } from "./redis/redisSystem.js";

describe("a fault plan", () => {
  test("is the same for the same seed, and differs for another seed", () => {
    expect(planFaults(7, 50)).toEqual(planFaults(7, 50));
    expect(planFaults(7, 50)).not.toEqual(planFaults(8, 50));
  });

  test("has the requested number of faults, all kinds equally often", () => {
    const kinds = planFaults(7, 3 * FAULT_KINDS.length).flatMap(({ faults }) => faults.map(({ kind }) => kind));
    expect(kinds.sort()).toEqual([...FAULT_KINDS, ...FAULT_KINDS, ...FAULT_KINDS].sort());
  });

  test("has no two concurrent faults with the same target", () => {
    for (const { faults } of planFaults(7, 500)) {
      const hits = faults.flatMap((each) => / of (.+) for /.exec(describeFault(each))?.[1]?.split(" and ") ?? []);
      expect(new Set(hits).size).toBe(hits.length);
    }
  });

  test("leaves out what its Redis cannot have, and refuses to be empty", () => {
    expect(possibleFaults("single", ["cut-redis", "kill-web"])).toEqual(["cut-redis", "kill-web"]);
    expect(possibleFaults("cluster", ["cut-redis", "kill-web"])).toEqual(["kill-web"]);
    expect(() => possibleFaults("sentinels", ["cut-redis"])).toThrow(
      "a run on sentinels can have none of these faults",
    );
  });
});
