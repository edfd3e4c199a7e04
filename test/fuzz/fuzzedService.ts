import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

/** The service as a process of its own, and what is wrong with it beside its answers. */
export class FuzzedService {
  /** Log lines that must not occur, and an unexpected end of the process. */
  readonly faults: string[] = [];
  readonly port: Promise<number>;
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #isStopping = false;

  /**
   * @param built where `npm run build` put `dist/`
   * @param redisUrl an empty Redis, or database of one
   */
  constructor(built: string, redisUrl: string) {
    const preload = resolve("test/fuzz/prototypes.mjs");
    this.#child = spawn(process.execPath, ["--import", preload, join(built, "dist/main.js")], {
      env: {
        PATH: process.env["PATH"],
        REST_PORT: "0",
        REDIS_URL: redisUrl,
        LOG_LEVEL: "debug",
        // Pages are read and checked by the thousand here.
        USER_QUERY_MAX_BYTES: String(32 * 1024),
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.port = new Promise((found, failed) => {
      this.#read("stdout", (line) => {
        const [, port] = /listens on http:\S+:(\d+)/.exec(line) ?? [];
        if (port !== undefined) found(Number(port));
      });
      this.#child.once("exit", () => failed(new Error(`the service ended: ${this.faults.join("\n")}`)));
    });
    this.#read("stderr", (line) => this.#checkLogLine(line));
    this.#ended = once(this.#child, "close");
    this.#child.once("exit", (code, signal) => {
      if (!this.#isStopping) this.faults.push(`the process ended by itself: ${signal ?? code}`);
    });
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Ends it in order. What its last lines say is among the faults then. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#child.kill("SIGTERM");
    await this.#ended;
    if (this.#child.exitCode !== 0) this.faults.push(`it did not end in order: ${this.#child.exitCode}`);
  }

  #read(name: "stdout" | "stderr", take: (line: string) => void): void {
    const stream = this.#child[name];
    if (stream !== null) createInterface({ input: stream }).on("line", take);
  }

  /** Checks that every log line is one JSON object and none is an error. */
  #checkLogLine(line: string): void {
    const found = parsed(line);
    if (found === undefined) this.faults.push(`a line of the log is no JSON object: ${line.slice(0, 500)}`);
    else if (found.msg === "prototypes") {
      if (found.changed?.length !== 0) this.faults.push(`changed: ${found.changed}`);
    } else if ((found.level ?? 0) >= ERROR && !EXPECTED.test(found.msg ?? ""))
      this.faults.push(`an error in the log: ${line.slice(0, 2000)}`);
  }
}

/** The number by which the log names errors; above are fatal ones. */
const ERROR = 50;

/** Errors of a TMS, not of the service: a cluster that was reported too late is to be removed by it. */
const EXPECTED = /^stray cluster: /;

interface LogLine {
  level?: number;
  msg?: string;
  changed?: string[];
}

function parsed(line: string): LogLine | undefined {
  try {
    const found: unknown = JSON.parse(line);
    return typeof found === "object" && found !== null ? found : undefined;
  } catch {
    return undefined;
  }
}
