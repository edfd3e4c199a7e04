import type { Logger } from "pino";
import type { Config } from "../config/config.js";
import type { Mqs } from "../domain/mqProfile.js";
import { UpstreamOutcomes } from "../domain/upstreamOutcomes.js";
import { createEmbeddedMqs, type EmbeddedMqs } from "../mqs/embeddedMqs.js";
import { createHttpMqs } from "../mqs/httpMqs.js";
import type { RedisClient } from "../redis/redisClient.js";
import type { Roles } from "./roles.js";

/** The upstream services that a process calls; undefined: it does not call this one. */
export interface ProcessUpstreams {
  mqs: UpstreamOutcomes | undefined;
  identityProvider: UpstreamOutcomes | undefined;
  /** The directory of pilot images; undefined: every tag is accepted, or the process creates no workflows. */
  pilotImages: { directory: string; outcomes: UpstreamOutcomes } | undefined;
}

/** The upstream services that the process will call. The embedded MQS is none. */
export function createUpstreams({ mqs, access, lifecycle }: Config, { web }: Roles): ProcessUpstreams {
  const directory = web ? lifecycle.pilotImagesDir : undefined;
  const usesProvider = web && (access.authentication.kind === "tokens" || access.operators.kind === "login");
  return {
    mqs: mqs.address === undefined ? undefined : new UpstreamOutcomes(),
    identityProvider: usesProvider ? new UpstreamOutcomes() : undefined,
    pilotImages: directory === undefined ? undefined : { directory, outcomes: new UpstreamOutcomes() },
  };
}

/**
 * Creates the client of the MQS that the settings name, or the embedded one.
 *
 * @param outcomes records whether the remote one answers
 */
export function createMqs(
  { mqs }: Config,
  redis: RedisClient,
  outcomes: UpstreamOutcomes | undefined,
  log: Logger,
): { used: Mqs; embedded?: EmbeddedMqs } {
  if (mqs.address !== undefined)
    return { used: createHttpMqs({ address: mqs.address, credentials: mqs.credentials, outcomes, log, warmUp: true }) };
  const embedded = createEmbeddedMqs({ redis, broker: mqs.broker });
  return { used: embedded, embedded };
}
