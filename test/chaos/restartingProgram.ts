import { writeFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import type { Program } from "../processes/serviceProgram.js";

/** Milliseconds after which a process that ended by itself is started again. */
const RESTART_DELAY_MS = 500;
/** What a process says once it serves. */
const READY_OUTPUT = /WMS (worker runs|listens on)/;

/**
 * Where a process of the service runs. As systemd and Kubernetes do, it starts a process again that ended by itself: a service
 * that finds no Redis at its start does that.
 */
export class RestartingProgram {
  readonly name: string;
  /** What processes said that ended by themselves after they had served: that must not be. */
  readonly crashes: string[] = [];
  readonly #start: () => Program;
  #program: Program;
  /** Whether there is to be a process. */
  #shouldRun = true;
  #earlierLogs = "";

  constructor(name: string, start: () => Program) {
    this.name = name;
    this.#start = start;
    this.#program = this.#startSupervised();
  }

  /** Waits until the process serves. */
  async waitUntilReady(): Promise<void> {
    await this.#program.waitForOutput(READY_OUTPUT);
  }

  /** Ends the process as a crash would; it stays away. */
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

  /** All that was logged here. */
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

/** A worker's place, where the clock can be set. */
export class RestartingWorker extends RestartingProgram {
  readonly #clockFile: string;

  /** @param clock the file of `steppedClock.mjs` */
  constructor(name: string, clock: string, start: () => Program) {
    super(name, start);
    this.#clockFile = clock;
  }

  /** @param offsetMs by which its clock is wrong from now on */
  stepClock(offsetMs: number): void {
    writeFileSync(this.#clockFile, String(offsetMs));
  }
}
