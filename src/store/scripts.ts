import { readFileSync } from "node:fs";
import type { ChainableCommander } from "ioredis";
import { MAX_INDEX_VALUE_BYTES, PHASE_LOG_LIMITS, PHASE_LOG_TRIMMER } from "../domain/entityLimits.js";
import { PHASE_TRANSITIONS } from "../domain/phases.js";
import type { RedisClient } from "../redis/redisClient.js";
import { DEADLINE_LUA, writeDeadlineMs } from "../redis/writeDeadline.js";
import { MAX_STREAM_ENTRIES } from "./keys.js";

const SCRIPT_NAMES = [
  "addMissingIndexes",
  "addTaskforce",
  "addWebhook",
  "advance",
  "annotate",
  "checkGuard",
  "claimDirty",
  "countRanges",
  "countStoppable",
  "deactivate",
  "markLost",
  "repairCounts",
  "repairStoppingIndex",
  "recordAttempt",
  "readRanges",
  "readFields",
  "readRecord",
  "readWorkflow",
  "readTaskforceToStart",
  "recordCompletion",
  "recordDelivery",
  "recordExpiredLease",
  "recordRemoval",
  "recordRemovalFailure",
  "recordRetry",
  "recordStrayCluster",
  "recordSubmit",
  "recordSubmitFailure",
  "recordUnknownPolls",
  "releaseClaim",
  "removeEntities",
  "removeWebhook",
  "saveSummary",
  "stopTaskforces",
  "updateStatuses",
  "scanWaiting",
  "walkWorkflows",
  "writeBatch",
] as const;

/** A script in `scripts/`. The head of its file lists KEYS, ARGV and return codes. */
export type ScriptName = (typeof SCRIPT_NAMES)[number];

/** Scripts without the prelude: a query runs dozens of them, and the prelude would be most of their time. */
const SCRIPTS_OF_QUERIES: ReadonlySet<ScriptName> = new Set([
  "countRanges",
  "readFields",
  "readRanges",
  "readRecord",
  "readWorkflow",
  "walkWorkflows",
]);

type ScriptCall = (...keysAndArguments: (string | number | Buffer)[]) => unknown;

const commandName = (name: ScriptName): string => `wms_${name}`;
const readScriptSource = (name: string): string =>
  readFileSync(new URL(`./scripts/${name}.lua`, import.meta.url), "utf8");

/** Defines the scripts as commands of a client. ioredis sends a script again when Redis lost it. */
export function defineScripts(redis: RedisClient): void {
  const transitions = Object.entries(PHASE_TRANSITIONS).flatMap(([from, next]) =>
    Object.keys(next).map((to) => `['${from} ${to}'] = true`),
  );
  const logLimits = Object.entries(PHASE_LOG_LIMITS).map(([name, value]) => `${name} = ${value}`);
  const constants = [
    `local MAX_STREAM_ENTRIES = ${MAX_STREAM_ENTRIES}`,
    `local MAX_INDEX_VALUE_BYTES = ${MAX_INDEX_VALUE_BYTES}`,
    `local PHASE_TRANSITIONS = { ${transitions.join()} }`,
    `local LOG_LIMITS = { ${logLimits.join()} }`,
    `local LOG_TRIMMER = '${PHASE_LOG_TRIMMER}'`,
  ].join("\n");
  const prelude = `${DEADLINE_LUA}${constants}\n${readScriptSource("prelude")}`;
  for (const name of SCRIPT_NAMES) {
    const source = readScriptSource(name);
    redis.defineCommand(commandName(name), { lua: SCRIPTS_OF_QUERIES.has(name) ? source : `${prelude}\n${source}` });
  }
}

/**
 * Runs a script, or adds it to a pipeline. One that may write takes no effect after its deadline: the client of a
 * command that timed out has got a 503.
 *
 * @param target a client with {@link defineScripts}, or a pipeline of one. Never a `multi()`: there, a script that
 *   Redis lost would fail while its neighbours take effect
 */
export function runScript(
  target: RedisClient | ChainableCommander,
  name: ScriptName,
  keys: readonly string[],
  args: readonly (string | number | Buffer)[],
): Promise<unknown> {
  const commands = target as unknown as Record<string, ScriptCall>;
  const call = commands[commandName(name)];
  if (call === undefined) throw new Error(`script ${name} is not defined on this client`);
  const deadline = SCRIPTS_OF_QUERIES.has(name) ? [] : [writeDeadlineMs()];
  return call.call(target, keys.length, ...keys, ...args, ...deadline) as Promise<unknown>;
}
