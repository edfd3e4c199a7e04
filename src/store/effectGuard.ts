import type { RedisClient } from "../redis/redisClient.js";
import { runScript, type ScriptName } from "./scripts.js";

/**
 * Keeps the effect of a request from being repeated. The script that writes the effect asks the guard first, and records the
 * effect with it, in the same step. See `refusal_of` in `scripts/prelude.lua`.
 */
export interface EffectGuard {
  /** A key in the partition of the effect. */
  readonly key: string;
  /**
   * The guard as JSON, for a script that is sent now.
   *
   * @param redis on which the script is sent
   * @throws WmsError when the effect is no longer wanted
   */
  argument(redis: RedisClient): string;
  /** Asks the guard before an effect that is not one script. @throws EffectRefusedError */
  check?(): Promise<void>;
}

/** Why a script did not write an effect. */
type Refusal =
  /** An equal request has made this: an id, or the answer itself. */
  | ["made", made: string]
  /** Another request with the same idempotency key took effect, or holds the key. */
  | ["claim-lost"]
  /** Equal requests are under way in other processes. */
  | ["open", ...marks: string[]];

/** A guard did not let an effect be written. Nothing is written then. */
export class EffectRefusedError extends Error {
  override name = "EffectRefusedError";
  /** What an equal request has made; undefined unless that is the reason. */
  readonly made: string | undefined;
  /** The marks of equal requests that are under way in other processes. */
  readonly openMarks: readonly string[];

  constructor([kind, ...details]: Refusal) {
    super(`the effect was refused: ${kind}`);
    this.made = kind === "made" ? details[0] : undefined;
    this.openMarks = kind === "open" ? details : [];
  }
}

/**
 * Runs a script that asks a guard. Its last key is that of the guard, and its first argument is the guard.
 *
 * @param guard undefined: the effect is written in any case
 * @throws EffectRefusedError
 */
export async function runGuarded(
  redis: RedisClient,
  name: ScriptName,
  keys: readonly [string, ...string[]],
  args: readonly (string | number)[],
  guard: EffectGuard | undefined,
): Promise<unknown> {
  const reply = await runScript(redis, name, [...keys, guard?.key ?? keys[0]], [guard?.argument(redis) ?? "", ...args]);
  if (Array.isArray(reply) && typeof reply[0] === "string") throw new EffectRefusedError(reply as Refusal);
  return reply;
}
