import { writeFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import type { Program } from "../processes/serviceProgram.js";

/** Milliseconds before a process that exited by itself is restarted. */
const RESTART_DELAY_MS = 500;
/** The output of a ready process. */
const READY_OUTPUT = /WMS (worker runs|listens on)/;

/**
 * A supervised process of the service with an adjustable clock. Like systemd and Kubernetes, it restarts a process that exits by itself. For
 * example, a service exits if it cannot reach Redis at its start.
 */
export class RestartingProgram {
  readonly name: string;
  /** The last output of ready processes that exited by themselves, which violates an invariant. */
  readonly crashes: string[] = [];
  readonly #clockFile: string;
  readonly #start: () => Program;
  #program: Program;
  /** Whether an exited process is restarted. */
  #shouldRun = true;
  #earlierLogs = "";

  /** @param clockFile the file that `steppedClock.mjs` reads in the process */
  constructor(name: string, clockFile: string, start: () => Program) {
    this.name = name;
    this.#clockFile = clockFile;
    this.#start = start;
    this.#program = this.#startSupervised();
  }

  /** Sets the offset of the process's clock. @param offsetMs milliseconds */
  stepClock(offsetMs: number): void {
    writeFileSync(this.#clockFile, String(offsetMs));
  }

  /** Waits until the process is ready. */
  async waitUntilReady(): Promise<void> {
    await this.#program.waitForOutput(READY_OUTPUT);
  }

  /** Kills the process without a restart. */
  async kill(): Promise<void> {
    this.#shouldRun = false;
    await this.#program.kill();
  }

  /** Starts a process again after {@link kill}. */
  start(): void {
    this.#shouldRun = true;
    this.#program = this.#startSupervised();
  }

  signal(signal: "SIGSTOP" | "SIGCONT"): void {
    this.#program.signal(signal);
  }

  /** The log of all processes since the start. */
  get log(): string {
    return this.#earlierLogs + (this.#program.hasEnded ? "" : this.#program.stderr);
  }

  #startSupervised(): Program {
    const program = this.#start();
    void program.waitForExit().then(async () => {
      this.#earlierLogs += program.stderr;
      if (!this.#shouldRun) return;
      if (READY_OUTPUT.test(program.stdout)) this.crashes.push(program.stderr.slice(-2000));
      await wait(RESTART_DELAY_MS);
      if (this.#shouldRun && this.#program === program) this.start();
    });
    return program;
  }
}
