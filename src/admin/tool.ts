import type { Writable } from "node:stream";
import { pino } from "pino";
import { showEarlyIds } from "../domain/earlyIds.js";
import type { openStore } from "../store/store.js";
import type { AdminSession } from "./session.js";
import { openSession } from "./session.js";

/** What the tool reads and writes besides files and Redis. */
export interface AdminIo {
  env: Readonly<Record<string, string | undefined>>;
  stdout: Writable;
  stderr: Writable & { isTTY?: boolean };
}

/** One run of the tool. */
export class AdminTool {
  readonly io: AdminIo;
  /** What the command has set; 0 by default. */
  exitCode = 0;

  constructor(io: AdminIo) {
    this.io = io;
  }

  /** Prints the result of a command: as JSON on request, else as text. */
  printResult(json: boolean | undefined, result: object, text: string): void {
    this.io.stdout.write(`${showEarlyIds(json ? JSON.stringify(result) : text)}\n`);
  }

  /** Runs a command on the service's Redis. @throws as {@link openSession} */
  async withSession(work: (session: AdminSession) => Promise<void>, open?: typeof openStore): Promise<void> {
    // What the command says is not a log. Only problems are of interest beside it.
    await openSession(this.io.env, pino({ level: "warn" }, this.io.stderr), work, open);
  }
}
