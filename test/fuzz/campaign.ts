import { Redis } from "ioredis";
import { CampaignTally } from "./campaignTally.js";
import { FuzzedService } from "./fuzzedService.js";
import { FuzzRounds } from "./fuzzRounds.js";

/** Options of a campaign. */
export interface CampaignOptions {
  /** The folder with the built `dist/`. */
  built: string;
  /** An empty database. */
  redisUrl: string;
  seed: number;
  requests: number;
  /** Longest allowed response time, in milliseconds. */
  timeoutMs: number;
  /** Called after each round. */
  progress?: (tally: CampaignTally) => void;
}

/** New requests in one round. */
const REQUESTS_PER_ROUND = 250;
/** Violations after which a campaign ends. */
const MAX_VIOLATIONS = 5;

/** Starts a service and sends generated requests until their number or {@link MAX_VIOLATIONS} is reached. */
export async function runCampaign(options: CampaignOptions): Promise<CampaignTally> {
  const { built, redisUrl, seed, requests, timeoutMs, progress } = options;
  const service = new FuzzedService(built, redisUrl);
  const redis = new Redis(redisUrl);
  const tally = new CampaignTally(seed);
  try {
    const rounds = await FuzzRounds.start(await service.port, redis, timeoutMs, tally);
    for (let n = 0; tally.requests < requests && tally.violations.length < MAX_VIOLATIONS; n++) {
      await rounds.runRound(seed + n, Math.min(REQUESTS_PER_ROUND, requests - tally.requests));
      progress?.(tally);
      if (service.hasEnded) break;
    }
    rounds.close();
  } finally {
    await service.stop();
    redis.disconnect();
  }
  for (const fault of service.faults) tally.addViolation(fault);
  return tally;
}
