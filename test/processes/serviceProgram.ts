import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { waitUntil } from "../setup/waitFor.js";

export { waitUntil } from "../setup/waitFor.js";

/** A line of a service's log. */
export interface LogLine {
  msg?: string;
  level?: number;
  [field: string]: unknown;
}

/** Which of the service's programs. */
export type ProgramName = "main" | "web" | "worker";

/** A program of the service as a real process. Whoever starts it has to {@link kill} it. */
export class Program {
  stdout = "";
  stderr = "";
  readonly #child: ChildProcess;
  readonly #closed: Promise<void>;

  /**
   * @param built the folder whose `dist/` holds the programs
   * @param environment all that the process gets, besides its `PATH`
   */
  constructor(built: string, program: ProgramName, environment: Record<string, string>) {
    // Nothing of our own environment: a REDIS_URL for the tests is none for this process.
    const env = { PATH: process.env["PATH"], REST_PORT: "0", ...environment };
    this.#child = spawn(process.execPath, [join(built, "dist", `${program}.js`)], {
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.stdout += text;
    });
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
    });
    this.#closed = once(this.#child, "close").then(() => undefined);
  }

  /** Ends it as a crash would. @returns when it is gone */
  async kill(): Promise<void> {
    this.signal("SIGKILL");
    await this.#closed;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** The exit code, or the signal that ended it, once all it wrote has been read. */
  async waitForExit(): Promise<number | NodeJS.Signals | null> {
    await this.#closed;
    return this.#child.exitCode ?? this.#child.signalCode;
  }

  /** Waits for something on stdout or stderr, and gives back the first group of the pattern. */
  async waitForOutput(pattern: RegExp): Promise<string> {
    const output = () => `${this.stdout}\n${this.stderr}`;
    await waitUntil(`${pattern} in the output`, () => {
      if (pattern.test(output())) return true;
      if (this.hasEnded) throw new Error(`ended without saying ${pattern}:\n${output()}`);
      return false;
    });
    return pattern.exec(output())?.[1] ?? "";
  }

  /** What it has logged so far. */
  logLines(): LogLine[] {
    const whole = this.stderr.split("\n").slice(0, -1);
    return whole.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line) as LogLine);
  }

  /** The address of the API, once it listens. */
  waitForUrl(): Promise<string> {
    return this.waitForOutput(/WMS listens on (\S+)/);
  }

  /** The port of the Redis that the process started, once that runs. */
  async waitForRedisPort(): Promise<number> {
    return Number(await this.waitForOutput(/Redis: .* of its own on port (\d+)/));
  }
}
