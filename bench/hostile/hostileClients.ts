import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { AttackCommand, AttackReport } from "./attackMessages.js";
import type { HostileRequest, HostileTargets } from "./hostileRequest.js";

/** A response to a hostile request; `closed` is a connection that broke before it. */
export type HostileAnswer = Omit<Extract<AttackReport, { kind: "answered" }>, "kind">;

const PROGRAM = fileURLToPath(new URL("attackerProcess.ts", import.meta.url));

/** Three clients in a separate process, which send a hostile request at the same time. */
export class HostileClients {
  readonly #process: ChildProcess;
  readonly #waiting = new Map<AttackReport["kind"], (report: AttackReport) => void>();
  /** Responses to the present request. */
  answers: HostileAnswer[] = [];

  private constructor(process: ChildProcess) {
    this.#process = process;
    process.on("message", (report: AttackReport) => {
      if (report.kind === "answered") this.answers.push(report);
      this.#waiting.get(report.kind)?.(report);
      this.#waiting.delete(report.kind);
    });
    process.once("exit", (code, signal) => {
      if (signal === null && code === 0) return;
      console.error(`the hostile clients ended: ${signal ?? code}`);
    });
  }

  /** Starts the process. Its caller must {@link close} it. */
  static async start(): Promise<HostileClients> {
    // JSON would turn an infinite number of requests into null.
    const clients = new HostileClients(fork(PROGRAM, { execArgv: ["--import", "tsx"], serialization: "advanced" }));
    await clients.#waitFor("ready");
    return clients;
  }

  /** Builds the bodies of a request. @returns the size of each in bytes */
  async prepare({ name }: HostileRequest, targets: HostileTargets): Promise<number> {
    const prepared = this.#waitFor("prepared");
    this.#command({ kind: "prepare", name, targets });
    return (await prepared).bodyBytes;
  }

  /**
   * Starts to send the prepared request. A client repeats it after each response.
   *
   * @param maxRequests of all clients together
   * @returns resolves when all clients have sent their last request and have their responses
   */
  start(url: string, maxRequests: number): { finished: Promise<unknown> } {
    this.answers = [];
    const finished = this.#waitFor("finished");
    this.#command({ kind: "start", url, maxRequests });
    return { finished };
  }

  /** Closes the connections at once. @returns the number of requests without a response */
  async stop(): Promise<number> {
    const stopped = this.#waitFor("stopped");
    this.#command({ kind: "stop" });
    return (await stopped).unanswered;
  }

  close(): void {
    this.#process.disconnect();
  }

  #command(command: AttackCommand): void {
    this.#process.send(command);
  }

  #waitFor<K extends AttackReport["kind"]>(kind: K): Promise<Extract<AttackReport, { kind: K }>> {
    return new Promise((resolve) => this.#waiting.set(kind, resolve as (report: AttackReport) => void));
  }
}
