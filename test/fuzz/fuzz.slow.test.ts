import { expect, inject, test } from "vitest";
import { freshDatabase } from "../setup/database.js";
import { runCampaign } from "./campaign.js";

/** The same at each run; `npm run fuzz` draws another one each time, and sends sixty times as many. */
const SEED = 20_261_124;

test("whatever a client sends gets an answer of the documented shape, and what is refused changes nothing", async () => {
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
