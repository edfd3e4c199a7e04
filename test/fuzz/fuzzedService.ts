import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

/** The service as a separate process, and its faults besides responses. */
export class FuzzedService {
  /** Forbidden log lines, and an unexpected exit. */
  readonly faults: string[] = [];
  readonly port: Promise<number>;
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #isStopping = false;

  /**
   * @param built the folder with the built `dist/`
   * @param redisUrl an empty database
   */
  constructor(built: string, redisUrl: string) {
    const preload = resolve("test/fuzz/prototypes.mjs");
    this.#child = spawn(process.execPath, ["--import", preload, join(built, "dist/main.js")], {
      env: {
        PATH: process.env["PATH"],
        REST_PORT: "0",
        REDIS_URL: redisUrl,
        LOG_LEVEL: "debug",
        ALLOWED_HOSTS: "wms",
        // Small pages keep thousands of queries fast.
        USER_QUERY_MAX_BYTES: String(32 * 1024),
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.port = new Promise((resolve, reject) => {
      this.#read("stdout", (line) => {
        const [, port] = /listens on http:\S+:(\d+)/.exec(line) ?? [];
        if (port !== undefined) resolve(Number(port));
      });
      this.#child.once("exit", () => reject(new Error(`the service exited: ${this.faults.join("\n")}`)));
    });
    this.#read("stderr", (line) => this.#checkLogLine(line));
    this.#ended = once(this.#child, "close");
    this.#child.once("exit", (code, signal) => {
      if (!this.#isStopping) this.faults.push(`the process exited by itself: ${signal ?? code}`);
    });
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Stops the process with SIGTERM, and checks its last log lines and exit code. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#child.kill("SIGTERM");
    await this.#ended;
    if (this.#child.exitCode !== 0) this.faults.push(`exit code after SIGTERM: ${this.#child.exitCode}`);
  }

  #read(name: "stdout" | "stderr", onLine: (line: string) => void): void {
    const stream = this.#child[name];
    if (stream !== null) createInterface({ input: stream }).on("line", onLine);
  }

  /** Checks that every log line is one JSON object and none is an error. */
  #checkLogLine(line: string): void {
    const found = parsed(line);
    if (found === undefined) this.faults.push(`a log line is not a JSON object: ${line.slice(0, 500)}`);
    else if (found.msg === "prototypes") {
      if (found.changed?.length !== 0) this.faults.push(`changed prototypes: ${found.changed}`);
    } else if ((found.level ?? 0) >= ERROR && !EXPECTED.test(found.msg ?? ""))
      this.faults.push(`an error in the log: ${line.slice(0, 2000)}`);
  }
}

/** The log level of errors. Fatal errors have a higher one. */
const ERROR = 50;

/** Errors that a TMS causes: it reported a cluster too late and must remove it. */
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
