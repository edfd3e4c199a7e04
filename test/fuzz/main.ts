/**
 * Sends generated requests, most of them invalid, to a separate process of the service. Checks responses and the store.
 *
 *   npm run fuzz [-- --requests <number> --seed <number> --patience <longest response time in milliseconds>]
 *
 * Exit code 1: the service violated a rule.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ensureRedisServer } from "../../scripts/setup/ensureRedisServer.js";
import { startOwnRedis } from "../../src/redis/provideRedis.js";
import { runCampaign } from "./campaign.js";

const { values } = parseArgs({
  options: {
    requests: { type: "string", default: "50000" },
    seed: { type: "string" },
    patience: { type: "string", default: "1000" },
  },
});
const requests = Number(values.requests);
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));

const dataDir = await mkdtemp(join(tmpdir(), "wms-fuzz-"));
await ensureRedisServer();
const redis = await startOwnRedis({ dataDir, appendOnly: false });
try {
  const beganAtMs = Date.now();
  const tally = await runCampaign({
    built: ".",
    redisUrl: redis.location.url,
    seed,
    requests,
    timeoutMs: Number(values.patience),
    progress: (tally) =>
      process.stderr.write(`\r${tally.requests} of ${requests}, ${tally.violations.length} violations`),
  });
  process.stdout.write(`\n${tally.formatTable()}; ${Math.round((Date.now() - beganAtMs) / 1000)} s\n`);
  for (const violation of tally.violations) process.stdout.write(`\n${violation}\n`);
  process.exitCode = tally.violations.length === 0 ? 0 : 1;
} finally {
  await redis.stop();
  await rm(dataDir, { recursive: true, force: true });
}
