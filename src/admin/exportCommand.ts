import type { Command } from "commander";
import packageJson from "../../package.json" with { type: "json" };
import { epochMs } from "../domain/clock.js";
import { storedWorkflowId } from "../domain/earlyIds.js";
import { type ExportOptions, type ExportResult, exportWorkflows, measureExport } from "../transfer/exportWorkflows.js";
import { parseTime } from "./parseTime.js";
import { ProgressPrinter } from "./progress.js";
import type { AdminTool } from "./tool.js";

interface ExportCommandOptions {
  workflow?: string[];
  endedBefore?: number;
  since?: number;
  dryRun?: true;
  json?: true;
}

/** Adds `ewms-admin export`. */
export function addExportCommand(program: Command, tool: AdminTool): void {
  program
    .command("export")
    .description("write workflows to a file, while the service runs or not")
    .argument("<file>", "the new file; .gz or .zst at the end of its name compresses it")
    .option("--workflow <ids...>", "only these workflows")
    .option("--ended-before <time>", "only those that ended before a date (2026-08-31) or so long ago (90d)", parseTime)
    .option("--since <time>", "only those that were created since a date, or since so long ago", parseTime)
    .option("--dry-run", "count, and write nothing")
    .option("--json", "print the result as JSON")
    .action((path: string, options: ExportCommandOptions) => runExport(tool, path, options));
}

async function runExport(tool: AdminTool, path: string, options: ExportCommandOptions): Promise<void> {
  const { workflow, endedBefore, since, dryRun, json } = options;
  await tool.withSession(async ({ store, signal }) => {
    const progress = new ProgressPrinter(dryRun ? "counted" : "exported", tool.io.stderr);
    const exportOptions: ExportOptions = {
      store,
      path,
      filter: { workflow_ids: workflow?.map(storedWorkflowId), ended_before: endedBefore, created_since: since },
      serviceVersion: packageJson.version,
      now: epochMs() / 1000,
      signal,
      onProgress: ({ workflows, total, taskforces }) => progress.update({ done: workflows, total, taskforces }),
    };
    const result = await (dryRun ? measureExport : exportWorkflows)(exportOptions).finally(() => progress.end());
    tool.printResult(json, { file: dryRun ? null : path, ...result }, describe(path, result, dryRun === true));
  });
}

function describe(path: string, result: ExportResult, isDryRun: boolean): string {
  const { workflows, task_directives, taskforces, resumedAfter } = result;
  const resumed = resumedAfter === undefined ? "" : ` (continued after ${resumedAfter})`;
  const counts = `${workflows} workflows, ${task_directives} task directives, ${taskforces} taskforces`;
  return `${path} ${isDryRun ? "would hold" : "holds"} ${counts}${resumed}`;
}
