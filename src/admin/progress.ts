import type { AdminIo } from "./tool.js";

/** Milliseconds between two updates: on a terminal, and of lines in a log. */
const TERMINAL_INTERVAL_MS = 200;
const LINE_INTERVAL_MS = 10_000;

/** What a command has done so far. */
export interface Progress {
  done: number;
  /** Undefined while it is not known. */
  total?: number | undefined;
  taskforces: number;
}

/** Prints how far a command is, to stderr: one line that changes on a terminal, a line every ten seconds elsewhere. */
export class ProgressPrinter {
  readonly #output: AdminIo["stderr"];
  readonly #verb: string;
  readonly #isTerminal: boolean;
  readonly #startedAtMs = performance.now();
  #printedAtMs = performance.now();
  #hasLine = false;

  /** @param verb what the command does: `exported` */
  constructor(verb: string, output: AdminIo["stderr"]) {
    this.#verb = verb;
    this.#output = output;
    this.#isTerminal = output.isTTY === true;
  }

  /** Prints the progress if the last one is old enough. */
  update(progress: Progress): void {
    if (this.#isDue())
      this.#print(describeProgress(this.#verb, progress, (performance.now() - this.#startedAtMs) / 1000));
  }

  /** The same with a text. */
  updateText(text: string): void {
    if (this.#isDue()) this.#print(text);
  }

  #isDue(): boolean {
    const intervalMs = this.#isTerminal ? TERMINAL_INTERVAL_MS : LINE_INTERVAL_MS;
    return performance.now() - this.#printedAtMs >= intervalMs;
  }

  #print(text: string): void {
    this.#printedAtMs = performance.now();
    this.#output.write(this.#isTerminal ? `\r${text}\x1b[K` : `${text}\n`);
    this.#hasLine = this.#isTerminal;
  }

  /** Removes the line from a terminal. */
  end(): void {
    if (this.#hasLine) this.#output.write("\r\x1b[K");
  }
}

/** `exported 1,200 of 5,000 workflows (24 %), 3,400 taskforces, 850 taskforces/s, 6 s left` */
export function describeProgress(verb: string, { done, total, taskforces }: Progress, seconds: number): string {
  const number = (value: number) => value.toLocaleString("en-US");
  const parts = [
    total === undefined || total < done
      ? `${verb} ${number(done)} workflows`
      : `${verb} ${number(done)} of ${number(total)} workflows (${Math.floor((100 * done) / Math.max(1, total))} %)`,
    `${number(taskforces)} taskforces`,
    `${number(Math.round(taskforces / Math.max(0.001, seconds)))} taskforces/s`,
  ];
  if (total !== undefined && total > done && done > 0)
    parts.push(`${number(Math.ceil(((total - done) * seconds) / done))} s left`);
  return parts.join(", ");
}
