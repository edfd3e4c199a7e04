import { expect, inject, test } from "vitest";
import { freshDatabase } from "../setup/database.js";
import { runCampaign } from "./campaign.js";

/** Fixed, so that each run sends the same requests. `npm run fuzz` uses a random seed and sends sixty times as many. */
const SEED = 20_261_124;

test("every request gets a documented response, and a refused request changes no data", async () => {
  const tally = await runCampaign({
    built: inject("built"),
    redisUrl: await freshDatabase(),
    seed: SEED,
    requests: 800,
    timeoutMs: Number.POSITIVE_INFINITY,
  });
  expect(tally.violations.join("\n\n")).toBe("");
  expect(tally.comparisons).toBeGreaterThan(0);
  expect(tally.requests).toBeGreaterThanOrEqual(800);
});
