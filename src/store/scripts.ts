import { readFileSync } from "node:fs";
import type { ChainableCommander } from "ioredis";
import { MAX_INDEX_VALUE_BYTES, PHASE_LOG_LIMITS, PHASE_LOG_TRIMMER } from "../domain/entityLimits.js";
import { PHASE_TRANSITIONS } from "../domain/phases.js";
import type { RedisClient } from "../redis/redisClient.js";
import { ScriptCommand } from "../redis/scriptCommand.js";
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

const readScriptSource = (name: string): string =>
  readFileSync(new URL(`./scripts/${name}.lua`, import.meta.url), "utf8");

/** The constants and functions that scripts share. */
function readPrelude(): string {
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
  return `${DEADLINE_LUA}${constants}\n${readScriptSource("prelude")}\n`;
}

const prelude = readPrelude();
const commands = new Map(
  SCRIPT_NAMES.map((name) => {
    const source = readScriptSource(name);
    return [name, new ScriptCommand(`wms_${name}`, SCRIPTS_OF_QUERIES.has(name) ? source : prelude + source)];
  }),
);

/** Defines the scripts as commands of a client. */
export function defineScripts(redis: RedisClient): void {
  for (const command of commands.values()) command.define(redis);
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
  const deadline = SCRIPTS_OF_QUERIES.has(name) ? [] : [writeDeadlineMs()];
  return (commands.get(name) as ScriptCommand).call(target, keys, [...args, ...deadline]);
}
