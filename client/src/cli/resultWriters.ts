import Table from "cli-table3";
import { stringify } from "csv-stringify/sync";
import { type Terminal, toOneLine } from "./terminal.js";

/** Writes results. @param fields columns; dots reach into objects */
export type ResultWriter = (terminal: Terminal, found: AsyncIterable<object>, fields: string[]) => Promise<void>;

/** Yields the first results. The page after them is not read. */
export async function* takeResults<T>(limit: number, all: AsyncIterable<T>): AsyncGenerator<T> {
  let yielded = 0;
  for await (const one of all) {
    yield one;
    if (++yielded >= limit) return;
  }
}

/** Writes one JSON object per line. */
export const writeJsonLines: ResultWriter = async (terminal, found) => {
  for await (const one of found) await terminal.print(JSON.stringify(one));
};

/** Writes CSV with a header. */
export const writeCsv: ResultWriter = async (terminal, found, fields) => {
  const line = (cells: string[]) => terminal.print(stringify([cells]).trimEnd());
  await line(fields);
  for await (const one of found) await line(fields.map((field) => cellText(valueAt(one, field))));
};

/** Writes a table after the last result, because the widths of the columns depend on all results. */
export const writeTable: ResultWriter = async (terminal, found, fields) => {
  const rows: string[][] = [];
  for await (const one of found) rows.push(fields.map((field) => toOneLine(cellText(valueAt(one, field)))));
  await terminal.print(rows.length === 0 ? "No results." : formatTable(terminal, fields, rows));
};

/** Formats a table without borders. */
export function formatTable(terminal: Terminal, heads: string[], rows: string[][]): string {
  const noBorders = Object.fromEntries(
    ["top", "bottom", "left", "right", "mid"].flatMap((side) =>
      ["", "-mid", "-left", "-right"].map((part) => [side + part, ""]),
    ),
  );
  const table = new Table({
    head: heads.map((head) => terminal.colorize("bold", head)),
    style: { head: [], border: [], "padding-left": 0, "padding-right": 2, compact: true },
    chars: { ...noBorders, middle: "" },
  });
  table.push(...rows);
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}

/** The value of a field path such as `worker_config.priority`; undefined if it is missing. */
function valueAt(object: object, field: string): unknown {
  let value: unknown = object;
  for (const part of field.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  return value;
}

function cellText(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
