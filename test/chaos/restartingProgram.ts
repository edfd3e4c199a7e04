import { writeFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import type { Program } from "../processes/serviceProgram.js";

/** Milliseconds after which a process that ended by itself is started again. */
const AGAIN = 500;
/** What a process says once it serves. */
const SERVES = /WMS (worker runs|listens on)/;

/**
 * Where a process of the service runs. As systemd and Kubernetes do, it starts a process again that ended by itself: a service
 * that finds no Redis at its start does that.
 */
export class Place {
  readonly name: string;
  /** What processes said that ended by themselves after they had served: that must not be. */
  readonly crashes: string[] = [];
  readonly #start: () => Program;
  #program: Program;
  /** Whether there is to be a process. */
  #wanted = true;
  #earlierLogs = "";

  constructor(name: string, start: () => Program) {
    this.name = name;
    this.#start = start;
    this.#program = this.#supervised();
  }

  /** Waits until the process serves. */
  async serves(): Promise<void> {
    await this.#program.says(SERVES);
  }

  /** Ends the process as a crash would; it stays away. */
  async kill(): Promise<void> {
    this.#wanted = false;
    await this.#program.kill();
  }

  /** Starts a process again after {@link kill}. */
  start(): void {
    this.#wanted = true;
    this.#program = this.#supervised();
  }

  signal(signal: "SIGSTOP" | "SIGCONT"): void {
    this.#program.signal(signal);
  }

  /** All that was logged here. */
  get log(): string {
    return this.#earlierLogs + (this.#program.hasEnded ? "" : this.#program.stderr);
  }

  #supervised(): Program {
    const program = this.#start();
    void program.ended().then(async () => {
      this.#earlierLogs += program.stderr;
      if (!this.#wanted) return;
      if (SERVES.test(program.stdout)) this.crashes.push(program.stderr.slice(-2000));
      await wait(AGAIN);
      if (this.#wanted && this.#program === program) this.start();
    });
    return program;
  }
}

/** A worker's place, where the clock can be set. */
export class WorkerPlace extends Place {
  readonly #clock: string;

  /** @param clock the file of `steppedClock.mjs` */
  constructor(name: string, clock: string, start: () => Program) {
    super(name, start);
    this.#clock = clock;
  }

  /** @param milliseconds by which its clock is wrong from now on */
  stepClock(milliseconds: number): void {
    writeFileSync(this.#clock, String(milliseconds));
  }
}
