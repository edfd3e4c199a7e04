import { expect, inject, test } from "vitest";
import { BREAK_KINDS, LONG_BREAKS } from "./faultPlan.js";
import { runChaos } from "./runChaos.js";

test("whatever breaks, everything that was acknowledged holds in the end", async () => {
  const told: string[] = [];
  const result = await runChaos({
    seed: 1,
    breaks: 6,
    minutes: 0.2,
    kinds: BREAK_KINDS.filter((kind) => !LONG_BREAKS.includes(kind)),
    users: 4,
    built: inject("built"),
    say: (line) => told.push(line),
  });
  expect(result.violations, told.join("\n")).toEqual([]);
  expect(result.breaks.length).toBeGreaterThan(0);
  expect(result.sizes.clusters).toBeGreaterThan(0);
}, 90_000);
