import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { inject, onTestFinished } from "vitest";
import { until } from "../processes/serviceProcess.js";

/** What a command did. */
export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** How a command is started. */
export interface Started {
  /** Settings; nothing else of the tests' own environment reaches the command. */
  env?: Record<string, string>;
  /** What it reads on stdin. */
  input?: string;
}

/** Where the package is, as it would be installed. */
export const PACKAGE = join(inject("built"), "client");

const MAIN = join(PACKAGE, "bin", "ewms.js");

const environmentOf = (env: Record<string, string> = {}): Record<string, string> => ({
  PATH: process.env["PATH"] ?? "",
  TERM: "xterm",
  ...env,
});

/** A command as a real process. */
export class Running {
  stdout = "";
  stderr = "";
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<Ended>;

  constructor(program: string, args: string[], env: Record<string, string>) {
    this.child = spawn(program, args, { env });
    this.child.stdout.setEncoding("utf8").on("data", (text: string) => {
      this.stdout += text;
    });
    this.child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
    });
    this.ended = once(this.child, "close").then(([code]) => ({
      code: code as number | null,
      stdout: this.stdout,
      stderr: this.stderr,
    }));
    onTestFinished(async () => {
      this.child.kill("SIGKILL");
      await this.ended;
    });
  }

  /** What is on stdout, without colours and movements of the cursor. */
  get text(): string {
    return stripVTControlCharacters(this.stdout);
  }

  /** Waits for something on stdout or stderr. */
  says(pattern: RegExp): Promise<void> {
    return until(`${pattern} in ${this.text}${this.stderr}`, () => pattern.test(this.text + this.stderr));
  }

  /** Types on the keyboard. */
  types(text: string): void {
    this.child.stdin.write(text);
  }
}

/** Starts `ewms` with its output piped. */
export function start(args: string[], { env, input }: Started = {}): Running {
  const running = new Running(process.execPath, [MAIN, ...args], environmentOf(env));
  if (input !== undefined) running.child.stdin.end(input);
  return running;
}

/** Runs `ewms` to its end, with its output piped. */
export const ewms = (args: string[], started: Started = {}): Promise<Ended> =>
  start(args, { input: "", ...started }).ended;

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

/** Starts `ewms` on a terminal of 100 columns; what it writes to stderr comes on stdout, as terminals do. */
export function onTerminal(args: string[], env: Record<string, string> = {}): Running {
  const command = [process.execPath, MAIN, ...args].map(quoted).join(" ");
  const script = ["-qec", `stty cols 100 rows 30; exec ${command}`, "/dev/null"];
  return new Running("script", script, environmentOf({ SHELL: "/bin/sh", ...env }));
}
