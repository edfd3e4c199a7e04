import { basename } from "node:path";
import type { Command } from "commander";
import packageJson from "../../package.json" with { type: "json" };
import { epochMs } from "../domain/clock.js";
import { storedWorkflowId } from "../domain/earlyIds.js";
import { createTombstoneWriter } from "../store/tombstones.js";
import { fileExists } from "../transfer/exportFile.js";
import { type ExportOptions, exportWorkflows, measureExport, readSelected } from "../transfer/exportWorkflows.js";
import { type PurgeCounts, purgeExported, purgeWithoutExport } from "../transfer/purgeWorkflows.js";
import { AdminError, EXIT_CODE } from "./exitCodes.js";
import { parseTime } from "./parseTime.js";
import { ProgressPrinter } from "./progress.js";
import type { AdminSession } from "./session.js";
import type { AdminTool } from "./tool.js";

interface PurgeCommandOptions {
  endedBefore?: number;
  workflow?: string[];
  export?: string | false;
  force?: true;
  dryRun?: true;
  json?: true;
}

/** Adds `ewms-admin purge`. */
export function addPurgeCommand(program: Command, tool: AdminTool): void {
  program
    .command("purge")
    .description("remove ended workflows with all that belongs to them, after they are written to a file")
    .option("--ended-before <time>", "workflows that ended before a date (2026-08-31) or so long ago (90d)", parseTime)
    .option("--workflow <ids...>", "these workflows")
    .option("--export <file>", "the file to write first; of a purge that was interrupted: its file")
    .option("--no-export", "remove without a copy")
    .option("--force", "with --workflow: also workflows that have not ended")
    .option("--dry-run", "count, and change nothing")
    .option("--json", "print the result as JSON")
    .action((options: PurgeCommandOptions) => runPurge(tool, options));
}

async function runPurge(tool: AdminTool, options: PurgeCommandOptions): Promise<void> {
  const { endedBefore, workflow, force = false, dryRun = false, json } = options;
  if ((endedBefore === undefined) === (workflow === undefined))
    throw new AdminError(EXIT_CODE.usage, "purge: give either --ended-before or --workflow");
  if (force && workflow === undefined)
    throw new AdminError(EXIT_CODE.usage, "purge: --force needs --workflow, because it removes workflows that run");
  if (options.export === undefined && !dryRun)
    throw new AdminError(EXIT_CODE.usage, "purge: give --export FILE, or --no-export to remove without a copy");
  await tool.withSession(async (session) => {
    const filter = {
      workflow_ids: workflow?.map(storedWorkflowId),
      ended_before: endedBefore,
      created_since: undefined,
    };
    const exportOptions: ExportOptions = {
      store: session.store,
      path: options.export || "",
      filter,
      serviceVersion: packageJson.version,
      now: epochMs() / 1000,
      signal: session.signal,
    };
    if (dryRun) {
      const { workflows, taskforces } = await measureExport(exportOptions);
      const text = `${workflows} workflows (${taskforces} taskforces) would be purged`;
      tool.printResult(json, { workflows, taskforces }, text);
      return;
    }
    const counts = await purge(tool, session, exportOptions, force);
    tool.printResult(json, counts, describe(counts));
    if (counts.kept > 0) tool.exitCode = EXIT_CODE.failure;
  });
}

async function purge(
  tool: AdminTool,
  { config, store, signal }: AdminSession,
  options: ExportOptions,
  isForced: boolean,
): Promise<PurgeCounts> {
  const { path, now } = options;
  const tombstones = { file: path === "" ? undefined : basename(path), now, keptDays: config.tombstoneDays };
  const progress = new ProgressPrinter("purged", tool.io.stderr);
  const purgeOptions = {
    store,
    isForced,
    // The file may be an export of other workflows.
    filter: options.filter,
    commandsFor: await createTombstoneWriter(store, tombstones),
    signal,
    onProgress: ({ purged, kept, missing, taskforces }: PurgeCounts) =>
      progress.update({ done: purged + kept + missing, taskforces }),
  };
  try {
    if (path === "") return await purgeWithoutExport(readSelected(options), purgeOptions);
    // An interrupted purge has written it.
    if (!(await fileExists(path))) await exportWorkflows(options);
    return await purgeExported(path, purgeOptions);
  } finally {
    progress.end();
  }
}

const describe = ({ purged, taskforces, kept, missing }: PurgeCounts): string =>
  [
    `${purged} workflows purged (${taskforces} taskforces)`,
    ...(missing === 0 ? [] : [`${missing} were gone already`]),
    ...(kept === 0 ? [] : [`${kept} kept: they have not ended, have changed since the export, or are not selected`]),
  ].join(", ");
