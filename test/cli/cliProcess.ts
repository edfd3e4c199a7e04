import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { inject, onTestFinished } from "vitest";
import { waitUntil } from "../setup/waitFor.js";

/** The result of a command. */
export interface ProcessResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** The environment of a command. */
export interface StartOptions {
  /** Environment variables; the command does not inherit those of the tests. */
  env?: Record<string, string>;
  /** The content of stdin. */
  input?: string;
  /** Whether stderr looks like a terminal to a command in this process. */
  isTerminal?: boolean;
  /** Columns of a terminal that stdout looks like to a command in this process; undefined: a pipe. */
  columns?: number;
}

/** The folder of the built package. */
export const CLIENT_PACKAGE = join(inject("built"), "client");

/** The program of the built package. */
export const CLI_PATH = join(CLIENT_PACKAGE, "bin", "ewms.js");

/** What the commands of a test run keep, such as the last id of each service. */
export const CACHE_FOLDER = join(inject("built"), "cache");

const environmentOf = (env: Record<string, string> = {}): Record<string, string> => ({
  PATH: process.env["PATH"] ?? "",
  TERM: "xterm",
  XDG_CACHE_HOME: CACHE_FOLDER,
  ...env,
});

/** A command as a real process. */
export class CliProcess {
  stdout = "";
  stderr = "";
  readonly child: ChildProcessWithoutNullStreams;
  readonly result: Promise<ProcessResult>;

  constructor(program: string, args: string[], env: Record<string, string>) {
    this.child = spawn(program, args, { env });
    this.child.stdout.setEncoding("utf8").on("data", (text: string) => {
      this.stdout += text;
    });
    this.child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
    });
    this.result = once(this.child, "close").then(([code]) => ({
      code: code as number | null,
      stdout: this.stdout,
      stderr: this.stderr,
    }));
    onTestFinished(async () => {
      this.child.kill("SIGKILL");
      await this.result;
    });
  }

  /** The text on stdout, without colours and cursor movements. */
  get text(): string {
    return stripVTControlCharacters(this.stdout);
  }

  /** Waits for a text on stdout or stderr. */
  waitForOutput(pattern: RegExp): Promise<void> {
    return waitUntil(`${pattern} in ${this.text}${this.stderr}`, () => pattern.test(this.text + this.stderr));
  }

  /** Sends keys to the terminal. */
  typeKeys(text: string): void {
    this.child.stdin.write(text);
  }
}

/** Starts the process `ewms` with its output in a pipe. */
export function startCli(args: string[], { env, input }: StartOptions = {}): CliProcess {
  const running = new CliProcess(process.execPath, [CLI_PATH, ...args], environmentOf(env));
  if (input !== undefined) running.child.stdin.end(input);
  return running;
}

/** Starts a command of bash. */
export const startShell = (command: string, env: Record<string, string> = {}): CliProcess =>
  new CliProcess("bash", ["--norc", "-c", command], environmentOf(env));

/** Runs the process `ewms` to its end, with its output in a pipe. */
export const runCliProcess = (args: string[], started: StartOptions = {}): Promise<ProcessResult> =>
  startCli(args, { input: "", ...started }).result;

const shellQuote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

/** Starts `ewms` on a terminal, by default of 100 columns, where stderr appears on stdout. */
export function startOnTerminal(
  args: string[],
  env: Record<string, string> = {},
  { columns = 100, rows = 30 }: { columns?: number; rows?: number } = {},
): CliProcess {
  const command = [process.execPath, CLI_PATH, ...args].map(shellQuote).join(" ");
  const script = ["-qec", `stty cols ${columns} rows ${rows}; exec ${command}`, "/dev/null"];
  return new CliProcess("script", script, environmentOf({ SHELL: "/bin/sh", ...env }));
}
