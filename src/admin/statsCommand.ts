import type { Command } from "commander";
import { type MemoryUsage, measureMemory } from "../store/memoryUsage.js";
import { type ScannedWorkflow, scanWorkflows } from "../store/workflowScan.js";
import { measureExport } from "../transfer/exportWorkflows.js";
import { parseTime } from "./parseTime.js";
import { ProgressPrinter } from "./progress.js";
import type { AdminTool } from "./tool.js";

/** Workflows in the list of the largest. */
const LISTED = 10;

interface StatsCommandOptions {
  endedBefore?: number;
  json?: true;
}

/** What a purge would remove. */
interface Purgeable {
  workflows: number;
  taskforces: number;
  /** By the mean size of a taskforce, with its share of all else. */
  estimatedBytes: number;
}

/** Adds `ewms-admin stats`. */
export function addStatsCommand(program: Command, tool: AdminTool): void {
  program
    .command("stats")
    .description("show the memory of the data by kind, the largest and oldest workflows, and what a purge would free")
    .option("--ended-before <time>", "what a purge of these would free: a date, or a time ago", parseTime)
    .option("--json", "print the result as JSON")
    .action((options: StatsCommandOptions) => runStats(tool, options));
}

async function runStats(tool: AdminTool, { endedBefore, json }: StatsCommandOptions): Promise<void> {
  await tool.withSession(async ({ store, signal }) => {
    const progress = new ProgressPrinter("measured", tool.io.stderr);
    const usage = await measureMemory(store, {
      largest: LISTED,
      onProgress: (keys) => {
        signal.throwIfAborted();
        progress.updateText(`measured ${keys} keys`);
      },
    }).finally(() => progress.end());
    const oldest = (await scanWorkflows(store).next()).value as ScannedWorkflow | undefined;
    const bytes = usage.kinds.reduce((sum, kind) => sum + kind.bytes, 0);
    const taskforces = await store.indexes.countAll("taskforce");
    let purgeable: Purgeable | null = null;
    if (endedBefore !== undefined) {
      const found = await measureExport({ store, filter: { ended_before: endedBefore }, signal });
      const estimatedBytes = Math.round((bytes * found.taskforces) / Math.max(1, taskforces));
      purgeable = { workflows: found.workflows, taskforces: found.taskforces, estimatedBytes };
    }
    const result = { bytes, taskforces, ...usage, oldest: oldest ?? null, purgeable };
    tool.printResult(json, result, describe(result));
  });
}

interface StatsResult extends MemoryUsage {
  bytes: number;
  taskforces: number;
  oldest: ScannedWorkflow | null;
  purgeable: Purgeable | null;
}

const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

function describe({ bytes, taskforces, kinds, largest, oldest, purgeable }: StatsResult): string {
  const perTaskforce =
    taskforces === 0 ? "" : `, ${Math.round(bytes / taskforces)} bytes for each of ${taskforces} taskforces`;
  const lines = [`${mebibytes(bytes)} in all${perTaskforce}`, ""];
  for (const { kind, keys, bytes: size } of kinds)
    lines.push(`${mebibytes(size).padStart(12)}  ${kind} (${keys} ${keys === 1 ? "key" : "keys"})`);
  if (largest.length > 0) lines.push("", "Largest workflows:");
  for (const { id, bytes: size } of largest) lines.push(`${mebibytes(size).padStart(12)}  ${id}`);
  if (oldest !== null)
    lines.push("", `Oldest: ${oldest.id}, created ${new Date(1000 * oldest.timestamp).toISOString()}`);
  if (purgeable !== null)
    lines.push(
      `A purge would remove ${purgeable.workflows} workflows (${purgeable.taskforces} taskforces), about ${mebibytes(purgeable.estimatedBytes)}`,
    );
  return lines.join("\n");
}
