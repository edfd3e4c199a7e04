import { expect, inject, test } from "vitest";
import { FAULT_KINDS, LONG_FAULTS } from "./faultPlan.js";
import { runChaos } from "./runChaos.js";

test("whatever breaks, everything that was acknowledged holds in the end", async () => {
  const told: string[] = [];
  const result = await runChaos({
    seed: 1,
    faultCount: 6,
    minutes: 0.2,
    kinds: FAULT_KINDS.filter((kind) => !LONG_FAULTS.includes(kind)),
    users: 4,
    built: inject("built"),
    log: (line) => told.push(line),
  });
  expect(result.violations, told.join("\n")).toEqual([]);
  expect(result.faults.length).toBeGreaterThan(0);
  expect(result.sizes.clusters).toBeGreaterThan(0);
}, 90_000);
