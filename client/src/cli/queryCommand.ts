import { Argument, type Command, InvalidArgumentError, Option } from "commander";
import type { Queried } from "../paging.js";
import { positive } from "./argumentParsers.js";
import { usageError } from "./exitCodes.js";
import { csvRows, jsonLines, tableOf, type Writer } from "./resultWriters.js";
import { clientOf } from "./commandClient.js";
import { isTerminal } from "./terminal.js";

type Kind = keyof Queried;

/** What a table or a CSV file shows when no fields are named: those that say most in one line. */
const USUAL_FIELDS: Record<Kind, string[]> = {
  workflows: ["workflow_id", "timestamp", "priority", "deactivated"],
  "task-directives": ["task_id", "cluster_locations", "task_image"],
  taskforces: ["taskforce_uuid", "phase", "schedd", "n_workers", "cluster_id"],
};

interface QueryOptions {
  filter: Record<string, unknown>;
  fields?: string[];
  limit?: number;
  json?: true;
  csv?: true;
  table?: true;
}

/** Makes the command `query`. */
export function addQuery(program: Command): void {
  program
    .command("query")
    .description("find workflows, task directives or taskforces by a MongoDB filter, oldest first")
    .addArgument(new Argument("<kind>", "what to find").choices(Object.keys(USUAL_FIELDS)))
    .option("-f, --filter <json>", "what they must be like", filterOf, {})
    .option("--fields <names>", "which fields to show, as a,b.c", fieldsOf)
    .option("-n, --limit <number>", "no more than so many", positive)
    .addOption(new Option("--json", "one JSON object a line; what a pipe gets").conflicts(["csv", "table"]))
    .addOption(new Option("--csv", "CSV with a head").conflicts(["json", "table"]))
    .addOption(new Option("--table", "a table; what a terminal gets").conflicts(["json", "csv"]))
    .addHelpText(
      "after",
      `
Examples:
  ewms query taskforces --filter '{"phase": "condor-submit", "n_workers": {"$gt": 100}}'
  ewms query taskforces --filter '{"schedd": "SCHEDD1"}' --fields taskforce_uuid,worker_config.priority --csv
  ewms query workflows --filter '{"deactivated": null}' --json | jq .workflow_id`,
    )
    .action(async (kind: Kind, options: QueryOptions, command: Command) => {
      const { filter, limit = Number.POSITIVE_INFINITY } = options;
      const as =
        options.json || (!options.csv && !options.table && !isTerminal())
          ? "json"
          : options.csv
            ? "csv"
            : "table";
      const fields = options.fields ?? (as === "json" ? undefined : USUAL_FIELDS[kind]);
      const found = clientOf(command).query(kind, { query: filter, projection: fields });
      await WRITERS[as](first(limit, found), fields ?? []);
    });
}

const WRITERS: Record<"json" | "csv" | "table", Writer> = { json: jsonLines, csv: csvRows, table: tableOf };

function filterOf(text: string): Record<string, unknown> {
  let filter: unknown;
  try {
    filter = JSON.parse(text);
  } catch (error) {
    throw new InvalidArgumentError(`It is no JSON: ${(error as Error).message}.`);
  }
  if (typeof filter !== "object" || filter === null || Array.isArray(filter))
    throw new InvalidArgumentError(`It must be a JSON object, such as '{"phase": "condor-submit"}'.`);
  return filter as Record<string, unknown>;
}

function fieldsOf(text: string): string[] {
  const fields = [...new Set(text.split(",").map((field) => field.trim()))];
  if (fields.includes("")) throw usageError("--fields has an empty name: write --fields a,b");
  return fields;
}

async function* first<T>(limit: number, all: AsyncIterable<T>): AsyncGenerator<T> {
  let taken = 0;
  for await (const one of all) {
    yield one;
    if (++taken >= limit) return;
  }
}
