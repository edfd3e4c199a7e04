import cluster, { type Worker } from "node:cluster";
import type { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import type { Logger } from "pino";
import type { ConnectionTarget } from "./connectionSpreader.js";
import type { MessageFromPrimary, MessageToPrimary } from "./primaryConnection.js";

/** Delay of a restart. It doubles each time that a process exits early. */
const MIN_RESTART_DELAY_MS = 100;
const MAX_RESTART_DELAY_MS = 10_000;
/** A process with a shorter uptime exits early. */
const MIN_UPTIME_MS = 10_000;

const CONNECTION_MESSAGE: MessageFromPrimary = { kind: "connection" };

/** A process could not start, and has reported the reason itself. */
export class AlreadyReported extends Error {
  override name = "AlreadyReported";
}

/** Options of a {@link SupervisedProcess}. */
export interface SupervisedProcessOptions {
  /** Its name in the log, in metrics and in lists of processes. */
  name: string;
  program: "web" | "worker";
  /** Added to the primary's environment. */
  environment: Record<string, string>;
  /** Called with each message of the process. */
  onMessage(message: MessageToPrimary, from: SupervisedProcess): void;
  /** Called when the process has exited, before a restart. */
  onExit(from: SupervisedProcess): void;
  log: Logger;
}

/** A process of the service, restarted when it exits without a request. */
export class SupervisedProcess implements ConnectionTarget {
  readonly name: string;
  readonly #options: SupervisedProcessOptions;
  #worker: Worker | undefined;
  /** Epoch milliseconds of the latest start. */
  #startedAtMs = 0;
  #restartDelayMs = MIN_RESTART_DELAY_MS;
  #restartTimer: NodeJS.Timeout | undefined;
  #isStopping = false;

  constructor(options: SupervisedProcessOptions) {
    this.name = options.name;
    this.#options = options;
  }

  /**
   * Starts the process.
   *
   * @throws AlreadyReported when it exits instead
   */
  async start(): Promise<void> {
    const worker = this.#fork();
    const isReady = await Promise.race([
      new Promise<true>((resolve) => {
        worker.on("message", ({ kind }: MessageToPrimary) => kind === "ready" && resolve(true));
      }),
      waitForExit(worker).then(() => false),
    ]);
    if (!isReady) throw new AlreadyReported(`${this.name} could not start`);
    void this.#restartAfter(worker);
  }

  /** @returns whether the process is connected */
  send(message: MessageFromPrimary): boolean {
    if (this.#worker?.isConnected() !== true) return false;
    // The callback ignores the error of a process that is just exiting.
    this.#worker.send(message, () => undefined);
    return true;
  }

  sendConnection(socket: Socket): void {
    // The callback ignores the error of a process that is just exiting.
    this.#worker?.process.send(CONNECTION_MESSAGE, socket, { keepOpen: true }, () => undefined);
  }

  /**
   * Stops the process for good.
   *
   * @param killSignal kills the process
   * @returns whether its work under way has ended
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
    const { name, program, environment, onMessage, onExit, log } = this.#options;
    cluster.setupPrimary({ exec: fileURLToPath(new URL(`./${program}.js`, import.meta.url)), args: [name] });
    const worker = cluster.fork(environment);
    worker.on("message", (message: MessageToPrimary) => {
      if (message.kind === "ready") log.info({ process: name, started: worker.process.pid }, "process started");
      onMessage(message, this);
    });
    worker.once("exit", () => onExit(this));
    this.#worker = worker;
    this.#startedAtMs = performance.now();
    return worker;
  }

  /** Waits for the exit of a process, and starts another one after a delay. */
  async #restartAfter(worker: Worker): Promise<void> {
    const ended = await waitForExit(worker);
    if (this.#isStopping) return;
    this.#restartDelayMs =
      performance.now() - this.#startedAtMs < MIN_UPTIME_MS
        ? Math.min(2 * this.#restartDelayMs, MAX_RESTART_DELAY_MS)
        : MIN_RESTART_DELAY_MS;
    const { name, log } = this.#options;
    const fields = { process: name, ended: worker.process.pid, ...ended };
    log.error(fields, "process exited unexpectedly, restarting it");
    this.#restartTimer = setTimeout(() => void this.#restartAfter(this.#fork()), this.#restartDelayMs);
  }
}

/** How a process exited, or why it could not be started. */
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
