import { Redis } from "ioredis";
import { FuzzedService } from "./fuzzedService.js";
import { Rounds } from "./fuzzRounds.js";
import { Tally } from "./campaignTally.js";

/** How a campaign is run. */
export interface CampaignOptions {
  /** Where `npm run build` put `dist/`. */
  built: string;
  /** An empty database. */
  redisUrl: string;
  seed: number;
  requests: number;
  /** Milliseconds that an answer may take. */
  patience: number;
  /** Told after each round. */
  progress?: (tally: Tally) => void;
}

/** Requests of one round, beside those that are repeated in it. */
const ROUND = 250;
/** Violations after which a campaign ends. */
const ENOUGH = 5;

/** Sends made-up requests to a service of its own until their number is reached, or too much is wrong. */
export async function campaign(options: CampaignOptions): Promise<Tally> {
  const { built, redisUrl, seed, requests, patience, progress } = options;
  const service = new FuzzedService(built, redisUrl);
  const redis = new Redis(redisUrl);
  const tally = new Tally(seed);
  try {
    const rounds = await Rounds.begin(await service.port, redis, patience, tally);
    for (let n = 0; tally.requests < requests && tally.violations.length < ENOUGH; n++) {
      await rounds.play(seed + n, Math.min(ROUND, requests - tally.requests));
      progress?.(tally);
      if (service.hasEnded) break;
    }
    rounds.close();
  } finally {
    await service.stop();
    redis.disconnect();
  }
  for (const fault of service.faults) tally.violation(fault);
  return tally;
}
