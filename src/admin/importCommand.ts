import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import type { Command } from "commander";
import { showEarlyIds, storedWorkflowId } from "../domain/earlyIds.js";
import { type ImportCounts, importWorkflows, type Reject } from "../transfer/importWorkflows.js";
import type { RuleCounts } from "../transfer/mongo/documents.js";
import { openSource } from "../transfer/openSource.js";
import { AdminError, EXIT_CODE } from "./exitCodes.js";
import { fillQueues } from "./fillQueues.js";
import { ProgressPrinter } from "./progress.js";
import type { AdminTool } from "./tool.js";

interface ImportCommandOptions {
  workflow?: string[];
  rejects: string;
  overwrite?: true;
  dryRun?: true;
  json?: true;
}

/** Adds `ewms-admin import`. */
export function addImportCommand(program: Command, tool: AdminTool): void {
  program
    .command("import")
    .description(
      "read workflows from an export, or from the MongoDB of the existing service; a repeated import takes only what is new or has changed",
    )
    .argument(
      "<source>",
      "a file of ewms-admin export, mongodb://… (or -: its address is in MONGODB_URL), a folder or an archive of mongodump, or a folder with files of mongoexport",
    )
    .option("--workflow <ids...>", "only these workflows")
    .option("--rejects <file>", "file for what is not imported, with reasons", "import.rejects.ndjson")
    .option("--overwrite", "also replace workflows that have changed here since their import")
    .option("--dry-run", "compare, and write nothing")
    .option("--json", "print the result as JSON")
    .action((source: string, options: ImportCommandOptions) => runImport(tool, source, options));
}

async function runImport(tool: AdminTool, source: string, options: ImportCommandOptions): Promise<void> {
  await tool.withSession(async (session) => {
    const { store, signal } = session;
    const { workflow, overwrite = false, dryRun = false } = options;
    const rejects = new RejectsFile(options.rejects);
    const rules: RuleCounts = new Map();
    const progress = new ProgressPrinter(dryRun ? "compared" : "imported", tool.io.stderr);
    const counts = await importWorkflows({
      store,
      source: await openSource(sourceOf(tool, source), rules),
      workflowIds: workflow && new Set(workflow.map(storedWorkflowId)),
      isDryRun: dryRun,
      isOverwriting: overwrite,
      onReject: (reject) => rejects.add(reject),
      signal,
      onProgress: (sofar) => progress.update({ done: sum(sofar), taskforces: sofar.taskforces }),
    }).finally(() => {
      progress.end();
      return rejects.close();
    });
    // The service does it by itself when it runs. An earlier import may have been interrupted before this step.
    if (!dryRun && (await store.processes.list()).length === 0) await fillQueues(session);
    const result = { ...counts, rules: Object.fromEntries(rules), rejects: rejects.usedPath ?? null };
    tool.printResult(options.json, result, describeResult(result, dryRun));
    if (counts.rejected > 0) tool.exitCode = EXIT_CODE.failure;
  });
}

const sum = ({ imported, replaced, unchanged, rejected }: ImportCounts): number =>
  imported + replaced + unchanged + rejected;

/** The source of an argument: of `-`, the setting `MONGODB_URL`, because other users see the arguments of a process. */
export function sourceOf({ io }: AdminTool, source: string): string {
  if (source !== "-") return source;
  const address = io.env["MONGODB_URL"];
  if (address === undefined) throw new AdminError(EXIT_CODE.usage, "MONGODB_URL: must be set for the source -");
  return address;
}

interface ImportResult extends ImportCounts {
  /** Documents of the MongoDB that each rule has changed. */
  rules: Record<string, number>;
  /** The file of what was rejected. */
  rejects: string | null;
}

function describeResult(result: ImportResult, isDryRun: boolean): string {
  const { imported, replaced, unchanged, rejected, taskforces, rules, rejects } = result;
  const would = isDryRun ? " would be" : "";
  return [
    `${imported} workflows${would} imported, ${replaced}${would} replaced (${taskforces} taskforces), ${unchanged} unchanged, ${rejected} rejected`,
    ...Object.entries(rules).map(([name, count]) => `${count} × ${name}`),
    ...(rejects === null ? [] : [`${rejects} says why`]),
  ].join("\n");
}

/** The file of what is not imported: a JSON object a line. It is created for the first one. */
class RejectsFile {
  readonly #path: string;
  #file: ReturnType<typeof createWriteStream> | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** The path, if the file was needed. */
  get usedPath(): string | undefined {
    return this.#file === undefined ? undefined : this.#path;
  }

  async add(reject: Reject): Promise<void> {
    // It may hold what users sent.
    this.#file ??= createWriteStream(this.#path, { mode: 0o600 });
    const file = this.#file;
    await new Promise<void>((resolve, fail) =>
      file.write(`${showEarlyIds(JSON.stringify(reject))}\n`, (error) => (error ? fail(error) : resolve())),
    );
  }

  async close(): Promise<void> {
    if (this.#file === undefined) return;
    this.#file.end();
    await finished(this.#file);
  }
}
