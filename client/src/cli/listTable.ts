import type { WorkflowDigest } from "../apiTypes.js";
import { type DigestState, digestState } from "../digestState.js";
import { formatNumber, formatTimeAgo } from "../format.js";
import { type Style, type Terminal, toOneLine } from "./terminal.js";
import { fitToWidth, textWidth, truncateToWidth } from "./textWidth.js";

const HEADS = ["NAME", "WORKFLOW", "CREATED", "ERRORS", "STATE"];
/** Columns between two cells. */
const GAP = 2;
/** The smallest width of the columns that share the rest of the terminal. */
const MIN_NAME_COLUMNS = 6;
const MIN_STATE_COLUMNS = 12;
/** The part of this rest that a name may take. */
const NAME_SHARE = 0.4;

const STATE_STYLES: Readonly<Record<DigestState["kind"], Style | undefined>> = {
  attention: "yellow",
  waiting: undefined,
  running: "green",
  completed: "yellow",
  aborted: "dim",
  finished: "dim",
};

/** The style of a state. */
export const styleOfState = ({ kind, finding }: DigestState): Style | undefined =>
  finding?.severity === "error" ? "red" : STATE_STYLES[kind];

/** A state in one line: `needs attention: 3 of 4 workers are held` */
export const stateLine = ({ label, finding }: DigestState): string =>
  toOneLine(finding === undefined ? label : `${label}: ${finding.sentence}`);

/** A row of the list as texts, in the order of {@link HEADS}. */
const cellsOf = (row: WorkflowDigest): string[] => [
  toOneLine(row.name ?? "-"),
  row.workflow_id,
  formatTimeAgo(Date.now() / 1000 - row.created),
  row.n_errors === 0 ? "-" : formatNumber(row.n_errors),
  stateLine(digestState(row)),
];

/** Formats rows of the list of workflows in columns that later rows keep. */
export class ListTable {
  readonly #terminal: Terminal;
  #widths = HEADS.map(textWidth);
  #hasHead = false;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** The lines of rows, below the heads of the columns if these are the first ones. */
  format(rows: readonly WorkflowDigest[]): string[] {
    const texts = rows.map(cellsOf);
    this.#widths = this.#widths.map((width, column) =>
      Math.max(width, ...texts.map((cells) => textWidth(cells[column] ?? ""))),
    );
    const widths = this.#terminal.isInteractive ? fitColumns(this.#widths, this.#terminal.size.columns) : this.#widths;
    const head = this.#hasHead ? [] : [this.#terminal.colorize("bold", lineOf(HEADS, widths))];
    this.#hasHead = true;
    return [...head, ...texts.map((cells, index) => this.#colorState(cells, widths, rows[index]))];
  }

  #colorState(cells: string[], widths: number[], row: WorkflowDigest | undefined): string {
    const style = row && styleOfState(digestState(row));
    const before = lineOf([...cells.slice(0, -1), ""], widths, { keepEnd: true });
    const state = truncateToWidth(cells.at(-1) ?? "", widths.at(-1) ?? 0);
    return before + (style === undefined ? state : this.#terminal.colorize(style, state));
  }
}

/** The lines of a table with its rows in reverse, so that the first one is next to the prompt. */
export const newestLast = ([head = "", ...rows]: string[]): string[] => [head, ...rows.toReversed()];

function lineOf(cells: string[], widths: number[], { keepEnd = false } = {}): string {
  const fitted = cells.map((cell, column) =>
    column === cells.length - 1 ? cell : fitToWidth(cell, widths[column] ?? 0),
  );
  const line = fitted.join(" ".repeat(GAP));
  return keepEnd ? line : line.trimEnd();
}

/** Shortens names and states, so that a line fits into a terminal. Ids, times and counts stay complete. */
function fitColumns([name = 0, id = 0, created = 0, errors = 0, state = 0]: number[], columns: number): number[] {
  const rest = columns - id - created - errors - GAP * (HEADS.length - 1);
  if (name + state <= rest) return [name, id, created, errors, state];
  const nameColumns = Math.min(name, Math.max(MIN_NAME_COLUMNS, rest - state, Math.floor(rest * NAME_SHARE)));
  return [nameColumns, id, created, errors, Math.max(MIN_STATE_COLUMNS, rest - nameColumns)];
}
