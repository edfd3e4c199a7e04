import cluster, { type Worker } from "node:cluster";
import { fileURLToPath } from "node:url";
import type { Logger } from "pino";
import type { MessageFromPrimary, MessageToPrimary } from "./primaryMessages.js";

/** Milliseconds before a process that has ended is started again; doubled each time that one ends soon. */
const MIN_RESTART_DELAY_MS = 100;
const MAX_RESTART_DELAY_MS = 10_000;
/** Milliseconds: one that ended sooner would end again. */
const MIN_UPTIME_MS = 10_000;

/** A process could not start, and has said why. */
export class AlreadyReported extends Error {
  override name = "AlreadyReported";
}

/** What a process said when its start was over. */
export type ReadyMessage = Extract<MessageToPrimary, { kind: "ready" }>;

/** What is to be kept running. */
export interface SupervisedProcessOptions {
  /** By which the log, metrics and lists of processes know it. */
  name: string;
  program: "web" | "worker";
  /** In addition to the primary's own environment. */
  environment: Record<string, string>;
  /** Called with all that it tells. */
  onMessage(message: MessageToPrimary, from: SupervisedProcess): void;
  log: Logger;
}

/** A process of the service that is started again whenever it ends by itself. */
export class SupervisedProcess {
  readonly name: string;
  readonly #options: SupervisedProcessOptions;
  #worker: Worker | undefined;
  /** Epoch milliseconds of the latest start. */
  #startedAtMs = 0;
  #restartDelayMs = MIN_RESTART_DELAY_MS;
  #restartTimer: NodeJS.Timeout | undefined;
  #isStopping = false;

  constructor(kept: SupervisedProcessOptions) {
    this.name = kept.name;
    this.#options = kept;
  }

  /**
   * Starts it for the first time.
   *
   * @throws ToldAlready when it ends instead
   */
  async start(): Promise<ReadyMessage> {
    const worker = this.#fork();
    const ready = await Promise.race([
      new Promise<ReadyMessage>((resolve) => {
        worker.on("message", (message: MessageToPrimary) => {
          if (message.kind === "ready") resolve(message);
        });
      }),
      waitForExit(worker),
    ]);
    if (!("kind" in ready)) throw new AlreadyReported(`${this.name} could not start`);
    void this.#restartAfter(worker);
    return ready;
  }

  /** @returns whether there is a process to tell it */
  send(message: MessageFromPrimary): boolean {
    if (this.#worker?.isConnected() !== true) return false;
    // One that ends just now shows by its end.
    this.#worker.send(message, () => undefined);
    return true;
  }

  /**
   * Has it end, and stay so.
   *
   * @param killSignal kills it
   * @returns whether all that was under way in it has ended
   */
  async stop(killSignal: AbortSignal): Promise<"in order" | "cut off"> {
    this.#isStopping = true;
    clearTimeout(this.#restartTimer);
    const worker = this.#worker;
    if (worker === undefined || worker.isDead()) return "in order";
    const kill = () => worker.process.kill("SIGKILL");
    killSignal.addEventListener("abort", kill);
    this.send({ kind: "end" });
    const { code } = await waitForExit(worker);
    killSignal.removeEventListener("abort", kill);
    return code === 0 ? "in order" : "cut off";
  }

  #fork(): Worker {
    const { name, program, environment, onMessage, log } = this.#options;
    cluster.setupPrimary({ exec: fileURLToPath(new URL(`./${program}.js`, import.meta.url)), args: [name] });
    const worker = cluster.fork(environment);
    worker.on("message", (message: MessageToPrimary) => {
      if (message.kind === "ready") log.info({ process: name, started: worker.process.pid }, "a process runs");
      onMessage(message, this);
    });
    this.#worker = worker;
    this.#startedAtMs = Date.now();
    return worker;
  }

  /** Starts another one when it has ended. */
  async #restartAfter(worker: Worker): Promise<void> {
    const ended = await waitForExit(worker);
    if (this.#isStopping) return;
    this.#restartDelayMs =
      Date.now() - this.#startedAtMs < MIN_UPTIME_MS
        ? Math.min(2 * this.#restartDelayMs, MAX_RESTART_DELAY_MS)
        : MIN_RESTART_DELAY_MS;
    const { name, log } = this.#options;
    const who = { process: name, ended: worker.process.pid, ...ended };
    log.error(who, "a process has ended by itself: another one takes its place");
    this.#restartTimer = setTimeout(() => void this.#restartAfter(this.#fork()), this.#restartDelayMs);
  }
}

/** How a process ended, or why it never began. */
interface ProcessExit {
  code?: number | null;
  signal?: string | null;
  err?: Error;
}

const waitForExit = (worker: Worker): Promise<ProcessExit> =>
  new Promise((resolve) => {
    worker.once("exit", (code: number | null, signal: string | null) => resolve({ code, signal }));
    worker.on("error", (err) => resolve({ err }));
  });
