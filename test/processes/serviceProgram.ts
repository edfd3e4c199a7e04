import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { waitUntil } from "../setup/waitFor.js";

/** A line of a service's log. */
export interface LogLine {
  msg?: string;
  level?: number;
  [field: string]: unknown;
}

/** Which of the service's programs. */
export type ProgramName = "main" | "web" | "worker";

/** A program of the service as a real process. Its starter must {@link kill} it. */
export class Program {
  stdout = "";
  stderr = "";
  readonly #child: ChildProcess;
  readonly #closed: Promise<void>;

  /**
   * @param built the folder whose `dist/` holds the programs
   * @param environment all variables of the process besides `PATH`
   */
  constructor(built: string, program: ProgramName, environment: Record<string, string>) {
    // The process must not see the tests' own environment, such as their REDIS_URL.
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

  /** Kills the process. @returns when it has ended */
  async kill(): Promise<void> {
    this.signal("SIGKILL");
    await this.#closed;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Waits for the end of the process and of its output. @returns the exit code, or the signal that ended it */
  async waitForExit(): Promise<number | NodeJS.Signals | null> {
    await this.#closed;
    return this.#child.exitCode ?? this.#child.signalCode;
  }

  /** Waits for a match on stdout or stderr. @returns the first group of the pattern */
  async waitForOutput(pattern: RegExp): Promise<string> {
    const output = () => `${this.stdout}\n${this.stderr}`;
    await waitUntil(`${pattern} in the output`, () => {
      if (pattern.test(output())) return true;
      if (this.hasEnded) throw new Error(`ended without output that matches ${pattern}:\n${output()}`);
      return false;
    });
    return pattern.exec(output())?.[1] ?? "";
  }

  /** Returns the lines logged so far. */
  logLines(): LogLine[] {
    const whole = this.stderr.split("\n").slice(0, -1);
    return whole.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line) as LogLine);
  }

  /** Waits until the process listens. @returns the address of the API */
  waitForUrl(): Promise<string> {
    return this.waitForOutput(/WMS listens on (\S+)/);
  }

  /** Waits until the process has started its own Redis. @returns the socket of that Redis */
  waitForRedisSocket(): Promise<string> {
    return this.waitForOutput(/^Redis client: redis-cli -s (.+)$/m);
  }
}
