import { Argument, type Command, InvalidArgumentError, Option } from "commander";
import type { EntityByKind } from "../paging.js";
import { parsePositiveInteger } from "./argumentParsers.js";
import { createCommandClient } from "./commandClient.js";
import { usageError } from "./exitCodes.js";
import { explainPages } from "./explainPages.js";
import { runInterruptible, takeUntilAborted } from "./interrupt.js";
import { type ResultWriter, takeResults, writeCsv, writeJsonLines, writeTable } from "./resultWriters.js";
import { formatExamples, type Terminal } from "./terminal.js";

type QueryKind = keyof EntityByKind;

/** Default columns of a table or CSV file. */
const DEFAULT_FIELDS: Record<QueryKind, string[]> = {
  workflows: ["workflow_id", "timestamp", "priority", "deactivated"],
  "task-directives": ["task_id", "cluster_locations", "task_image"],
  taskforces: ["taskforce_uuid", "phase", "schedd", "n_workers", "cluster_id"],
};

interface QueryOptions {
  filter: Record<string, unknown>;
  fields?: string[];
  limit?: number;
  newest?: true;
  explain?: true;
  json?: true;
  csv?: true;
  table?: true;
}

/** Adds the command `query`. */
export function addQueryCommand(program: Command, terminal: Terminal): void {
  program
    .command("query")
    .description("find workflows, task directives or taskforces by a MongoDB filter, oldest first")
    .addArgument(new Argument("<kind>", "kind of entity").choices(Object.keys(DEFAULT_FIELDS)))
    .option("-f, --filter <json>", "MongoDB filter", parseFilter, {})
    .option("--fields <names>", "fields to show, such as a,b.c", parseFields)
    .option("-n, --limit <number>", "maximum number of results", parsePositiveInteger)
    .option("--newest", "newest first")
    .option("--explain", "explain each page on stderr: index, entities looked at, matches; with --json as JSON")
    .addOption(new Option("--json", "one JSON object per line; default in a pipe").conflicts(["csv", "table"]))
    .addOption(new Option("--csv", "CSV with a header").conflicts(["json", "table"]))
    .addOption(new Option("--table", "a table; default on a terminal").conflicts(["json", "csv"]))
    .addHelpText(
      "after",
      formatExamples(
        `ewms query taskforces --filter '{"phase": "condor-submit", "n_workers": {"$gt": 100}}'`,
        `ewms query taskforces --filter '{"schedd": "SCHEDD1"}' --fields taskforce_uuid,worker_config.priority --csv`,
        `ewms query workflows --filter '{"deactivated": null}' --json | jq .workflow_id`,
        "ewms query taskforces --newest --limit 20",
        `ewms query taskforces --filter '{"schedd": {"$regex": "^grid"}}' --explain`,
      ),
    )
    .action(async (kind: QueryKind, options: QueryOptions) => {
      const { filter, limit = Number.POSITIVE_INFINITY } = options;
      const format =
        options.json || (!options.csv && !options.table && !terminal.isInteractive)
          ? "json"
          : options.csv
            ? "csv"
            : "table";
      const fields = options.fields ?? (format === "json" ? undefined : DEFAULT_FIELDS[kind]);
      const client = createCommandClient(program, terminal);
      const search = { query: filter, projection: fields, ...(options.newest && { order: "newest" as const }) };
      await runInterruptible(async (signal) => {
        const found = options.explain
          ? explainPages(terminal, kind, client.queryPages(kind, search, signal), { asJson: options.json === true })
          : client.query(kind, search, signal);
        await WRITERS[format](terminal, takeResults(limit, takeUntilAborted(found, signal)), fields ?? []);
      });
    });
}

const WRITERS: Record<"json" | "csv" | "table", ResultWriter> = {
  json: writeJsonLines,
  csv: writeCsv,
  table: writeTable,
};

function parseFilter(text: string): Record<string, unknown> {
  let filter: unknown;
  try {
    filter = JSON.parse(text);
  } catch (error) {
    throw new InvalidArgumentError(`Invalid JSON: ${(error as Error).message}.`);
  }
  if (typeof filter !== "object" || filter === null || Array.isArray(filter))
    throw new InvalidArgumentError(`Expected a JSON object, such as '{"phase": "condor-submit"}'.`);
  return filter as Record<string, unknown>;
}

function parseFields(text: string): string[] {
  const fields = [...new Set(text.split(",").map((field) => field.trim()))];
  if (fields.includes("")) throw usageError("--fields has an empty name: write --fields a,b");
  return fields;
}
