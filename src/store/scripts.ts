import { readFileSync } from "node:fs";
import type { ChainableCommander } from "ioredis";
import type { RedisClient } from "../redis/redisClient.js";
import { EVENTS_KEPT } from "./keys.js";

const NAMES = [
  "addTaskforce",
  "advance",
  "countStoppable",
  "deactivate",
  "mendCounts",
  "mendStopping",
  "noteAttempt",
  "readToStart",
  "recordCompletion",
  "recordRemoval",
  "recordRemovalFailure",
  "recordRetry",
  "recordSubmit",
  "recordSubmitFailure",
  "releaseClaim",
  "saveSummary",
  "stopTaskforces",
  "updateStatuses",
  "walkWaiting",
  "writeOnce",
] as const;

/** A script under `scripts/`; its file says what KEYS, ARGV and return codes mean. */
export type ScriptName = (typeof NAMES)[number];

type ScriptCall = (...keysAndArguments: (string | number)[]) => unknown;

const commandOf = (name: ScriptName): string => `wms_${name}`;
const source = (name: string): string =>
  readFileSync(new URL(`./scripts/${name}.lua`, import.meta.url), "utf8");

/** Teaches a client the scripts. ioredis sends a script's text again when Redis lost it (restart, SCRIPT FLUSH). */
export function defineScripts(redis: RedisClient): void {
  const prelude = `local EVENTS_KEPT = ${EVENTS_KEPT}\n${source("prelude")}`;
  for (const name of NAMES) redis.defineCommand(commandOf(name), { lua: `${prelude}\n${source(name)}` });
}

/**
 * Runs a script, or puts it on a pipeline.
 *
 * @param on a client that {@link defineScripts} was called for, or a pipeline of one. Never a `multi()`: a script that Redis
 *   lost in the meantime would fail there beside applied neighbours
 */
export function runScript(
  on: RedisClient | ChainableCommander,
  name: ScriptName,
  keys: readonly string[],
  values: readonly (string | number)[],
): Promise<unknown> {
  const commands = on as unknown as Record<string, ScriptCall>;
  const call = commands[commandOf(name)];
  if (call === undefined) throw new Error(`script ${name} is not defined on this client`);
  return call.call(on, keys.length, ...keys, ...values) as Promise<unknown>;
}
