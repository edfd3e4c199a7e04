import { readFileSync } from "node:fs";
import type { ChainableCommander } from "ioredis";
import { PHASE_TRANSITIONS } from "../domain/phases.js";
import type { RedisClient } from "../redis/redisClient.js";
import { MAX_STREAM_ENTRIES } from "./keys.js";

const SCRIPT_NAMES = [
  "addTaskforce",
  "advance",
  "countStoppable",
  "deactivate",
  "repairCounts",
  "repairStoppingIndex",
  "recordAttempt",
  "readTaskforceToStart",
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
  "scanWaiting",
  "writeBatch",
] as const;

/** A script in `scripts/`. The head of its file lists KEYS, ARGV and return codes. */
export type ScriptName = (typeof SCRIPT_NAMES)[number];

type ScriptCall = (...keysAndArguments: (string | number)[]) => unknown;

const commandName = (name: ScriptName): string => `wms_${name}`;
const readScriptSource = (name: string): string =>
  readFileSync(new URL(`./scripts/${name}.lua`, import.meta.url), "utf8");

/** Defines the scripts as commands of a client. ioredis sends a script again when Redis lost it. */
export function defineScripts(redis: RedisClient): void {
  const transitions = Object.entries(PHASE_TRANSITIONS).flatMap(([from, next]) =>
    Object.keys(next).map((to) => `['${from} ${to}'] = true`),
  );
  const constants = `local MAX_STREAM_ENTRIES = ${MAX_STREAM_ENTRIES}\nlocal PHASE_TRANSITIONS = { ${transitions.join()} }`;
  const prelude = `${constants}\n${readScriptSource("prelude")}`;
  for (const name of SCRIPT_NAMES)
    redis.defineCommand(commandName(name), { lua: `${prelude}\n${readScriptSource(name)}` });
}

/**
 * Runs a script, or adds it to a pipeline.
 *
 * @param target a client with {@link defineScripts}, or a pipeline of one. Never a `multi()`: there, a script that
 *   Redis lost would fail while its neighbours take effect
 */
export function runScript(
  target: RedisClient | ChainableCommander,
  name: ScriptName,
  keys: readonly string[],
  args: readonly (string | number)[],
): Promise<unknown> {
  const commands = target as unknown as Record<string, ScriptCall>;
  const call = commands[commandName(name)];
  if (call === undefined) throw new Error(`script ${name} is not defined on this client`);
  return call.call(target, keys.length, ...keys, ...args) as Promise<unknown>;
}
