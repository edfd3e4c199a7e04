import cluster, { type Worker } from "node:cluster";
import { fileURLToPath } from "node:url";
import type { Logger } from "pino";
import type { FromPrimary, ToPrimary } from "./primaryMessages.js";

/** Milliseconds before a process that has ended is started again; doubled each time that one ends soon. */
const FIRST_WAIT = 100;
const LONGEST_WAIT = 10_000;
/** Milliseconds: one that ended sooner would end again. */
const SOON = 10_000;

/** A process could not start, and has said why. */
export class ToldAlready extends Error {
  override name = "ToldAlready";
}

/** What a process said when its start was over. */
export type Ready = Extract<ToPrimary, { kind: "ready" }>;

/** What is to be kept running. */
export interface Kept {
  /** By which the log, metrics and lists of processes know it. */
  name: string;
  program: "web" | "worker";
  /** In addition to the primary's own environment. */
  environment: Record<string, string>;
  /** Called with all that it tells. */
  heard(message: ToPrimary, from: KeptProcess): void;
  log: Logger;
}

/** A process of the service that is started again whenever it ends by itself. */
export class KeptProcess {
  readonly name: string;
  readonly #kept: Kept;
  #worker: Worker | undefined;
  /** Epoch milliseconds of the latest start. */
  #since = 0;
  #wait = FIRST_WAIT;
  #restart: NodeJS.Timeout | undefined;
  #ending = false;

  constructor(kept: Kept) {
    this.name = kept.name;
    this.#kept = kept;
  }

  /**
   * Starts it for the first time.
   *
   * @throws ToldAlready when it ends instead
   */
  async start(): Promise<Ready> {
    const worker = this.#fork();
    const ready = await Promise.race([
      new Promise<Ready>((resolve) => {
        worker.on("message", (message: ToPrimary) => {
          if (message.kind === "ready") resolve(message);
        });
      }),
      endOf(worker),
    ]);
    if (!("kind" in ready)) throw new ToldAlready(`${this.name} could not start`);
    void this.#restartAfter(worker);
    return ready;
  }

  /** @returns whether there is a process to tell it */
  tell(message: FromPrimary): boolean {
    if (this.#worker?.isConnected() !== true) return false;
    // One that ends just now shows by its end.
    this.#worker.send(message, () => undefined);
    return true;
  }

  /**
   * Has it end, and stay so.
   *
   * @param enough kills it
   * @returns whether all that was under way in it has ended
   */
  async end(enough: AbortSignal): Promise<"in order" | "cut off"> {
    this.#ending = true;
    clearTimeout(this.#restart);
    const worker = this.#worker;
    if (worker === undefined || worker.isDead()) return "in order";
    const kill = () => worker.process.kill("SIGKILL");
    enough.addEventListener("abort", kill);
    this.tell({ kind: "end" });
    const { code } = await endOf(worker);
    enough.removeEventListener("abort", kill);
    return code === 0 ? "in order" : "cut off";
  }

  #fork(): Worker {
    const { name, program, environment, heard, log } = this.#kept;
    cluster.setupPrimary({ exec: fileURLToPath(new URL(`./${program}.js`, import.meta.url)), args: [name] });
    const worker = cluster.fork(environment);
    worker.on("message", (message: ToPrimary) => {
      if (message.kind === "ready")
        log.info({ process: name, started: worker.process.pid }, "a process runs");
      heard(message, this);
    });
    this.#worker = worker;
    this.#since = Date.now();
    return worker;
  }

  /** Starts another one when it has ended. */
  async #restartAfter(worker: Worker): Promise<void> {
    const ended = await endOf(worker);
    if (this.#ending) return;
    this.#wait = Date.now() - this.#since < SOON ? Math.min(2 * this.#wait, LONGEST_WAIT) : FIRST_WAIT;
    const { name, log } = this.#kept;
    const who = { process: name, ended: worker.process.pid, ...ended };
    log.error(who, "a process has ended by itself: another one takes its place");
    this.#restart = setTimeout(() => void this.#restartAfter(this.#fork()), this.#wait);
  }
}

/** How a process ended, or why it never began. */
interface End {
  code?: number | null;
  signal?: string | null;
  err?: Error;
}

const endOf = (worker: Worker): Promise<End> =>
  new Promise((resolve) => {
    worker.once("exit", (code: number | null, signal: string | null) => resolve({ code, signal }));
    worker.on("error", (err) => resolve({ err }));
  });
