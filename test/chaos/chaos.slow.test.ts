import { expect, inject, test } from "vitest";
import { FAULT_KINDS, LONG_FAULTS } from "./faultPlan.js";
import { runChaos } from "./runChaos.js";

test("the service violates no invariant under random faults", async () => {
  const lines: string[] = [];
  const result = await runChaos({
    seed: 1,
    faultCount: 6,
    minutes: 0.2,
    kinds: FAULT_KINDS.filter((kind) => !LONG_FAULTS.includes(kind)),
    users: 4,
    built: inject("built"),
    on: "single",
    log: (line) => lines.push(line),
  });
  expect(result.violations, lines.join("\n")).toEqual([]);
  expect(result.faults.length).toBeGreaterThan(0);
  expect(result.sizes.clusters).toBeGreaterThan(0);
}, 90_000);
