import Table from "cli-table3";
import { stringify } from "csv-stringify/sync";
import { colorize, printLine, replaceControlCharacters } from "./terminal.js";

/** Writes what was found. @param fields columns; dots reach into objects */
export type ResultWriter = (found: AsyncIterable<object>, fields: string[]) => Promise<void>;

/** One JSON object a line, as they come. */
export const writeJsonLines: ResultWriter = async (found) => {
  for await (const one of found) await printLine(JSON.stringify(one));
};

/** CSV with a head, as they come. */
export const writeCsv: ResultWriter = async (found, fields) => {
  const line = (cells: string[]) => printLine(stringify([cells]).trimEnd());
  await line(fields);
  for await (const one of found) await line(fields.map((field) => cellText(valueAt(one, field))));
};

/** A table; the widths of its columns are known when all is there. */
export const writeTable: ResultWriter = async (found, fields) => {
  const rows: string[][] = [];
  for await (const one of found)
    rows.push(fields.map((field) => replaceControlCharacters(cellText(valueAt(one, field)))));
  await printLine(rows.length === 0 ? "Nothing matches." : formatTable(fields, rows));
};

/** Rows under their heads, without lines. */
export function formatTable(heads: string[], rows: string[][]): string {
  const noBorders = Object.fromEntries(
    ["top", "bottom", "left", "right", "mid"].flatMap((side) =>
      ["", "-mid", "-left", "-right"].map((part) => [side + part, ""]),
    ),
  );
  const table = new Table({
    head: heads.map((head) => colorize("bold", head)),
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

/** @param field `worker_config.priority`; undefined where nothing is */
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
