import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { styleText } from "node:util";

/** The streams and the environment of a command, normally those of the process. */
export interface CommandIo {
  env: NodeJS.ProcessEnv;
  stdin: Readable & { isTTY?: boolean };
  stdout: Writable & { isTTY?: boolean; columns?: number; rows?: number };
  stderr: Writable & { isTTY?: boolean };
}

/** A text style of a terminal. */
export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

/** Input, output, settings and exit code of one command. */
export class Terminal {
  readonly io: CommandIo;
  exitCode = 0;
  /** The id that the command is about, at the service with this URL. The next command can call it `-`. */
  usedId: { url: string; id: string } | undefined;

  constructor(io: CommandIo) {
    this.io = io;
  }

  /** Whether stdout is a terminal and not a pipe or file. */
  get isInteractive(): boolean {
    return this.io.stdout.isTTY === true;
  }

  /** Whether a user sees the messages on stderr. */
  get canAskUser(): boolean {
    return this.io.stderr.isTTY === true;
  }

  /** The size of the terminal; 80 × 24 if it is unknown. */
  get size(): { columns: number; rows: number } {
    return { columns: this.io.stdout.columns || 80, rows: this.io.stdout.rows || 24 };
  }

  /** Styles a text on a terminal that supports colours, unless `NO_COLOR` is set. */
  colorize(style: Style, text: string): string {
    const { env } = this.io;
    return this.isInteractive && !env["NO_COLOR"] && env["TERM"] !== "dumb" ? styleText(style, text) : text;
  }

  /** Writes lines to stdout, and waits while the reader is slow. */
  async print(...lines: string[]): Promise<void> {
    for (const line of lines) if (!this.io.stdout.write(`${line}\n`)) await once(this.io.stdout, "drain");
  }

  /** Writes a message for the user to stderr. */
  printMessage(message: string): void {
    this.io.stderr.write(`${message}\n`);
  }
}

/**
 * Replaces control characters other than newlines and tabs: escape sequences in stored texts must not reach the terminal.
 */
const replaceControlCharacters = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the expression finds them
  text.replace(/\r\n/g, "\n").replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "�");

/** A stored text in one line, for tables and lines that are read one by one: `⏎` stands for a newline. */
export const toOneLine = (text: string): string =>
  replaceControlCharacters(text)
    .replace(/\n+$/, "")
    .replace(/\t/g, " ")
    .replace(/ *\n\s*/g, " ⏎ ");

/** A stored text with its newlines, such as a traceback. @param indent begins each line but the first */
export const toIndentedLines = (text: string, indent: string): string =>
  replaceControlCharacters(text).replace(/\n+$/, "").replaceAll("\n", `\n${indent}`);

/** The examples of a command, for its help. */
export const formatExamples = (...examples: string[]): string =>
  ["", "Examples:", ...examples.map((example) => `  ${example}`)].join("\n");

/** A time in UTC, to the second: `2026-11-24T17:26:40Z` */
export const timeText = (epochSeconds: number): string =>
  new Date(epochSeconds * 1000).toISOString().replace(/\.\d+Z$/, "Z");
