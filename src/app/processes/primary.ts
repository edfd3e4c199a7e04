import { randomBytes } from "node:crypto";
import type { Logger } from "pino";
import type { Config } from "../../config/config.js";
import type { RedisLocation } from "../../domain/redisLocation.js";
import type { NamedMetrics } from "../../metrics/metrics.js";
import type { Service } from "../service.js";
import { ConnectionSpreader } from "./connectionSpreader.js";
import type { MessageToPrimary } from "./primaryConnection.js";
import { SupervisedProcess, type SupervisedProcessOptions } from "./supervisedProcess.js";

/** Time to exit beyond the limits of the settings. */
const STOP_MARGIN_MS = 10_000;

/**
 * Starts the web processes, and restarts those that exit. This process supervises them and accepts their connections.
 *
 * @param workers whether to start a worker process too
 * @throws AlreadyReported when one of them can't start; the others have stopped
 */
export async function startProcesses(
  config: Config & { redis: RedisLocation },
  workers: boolean,
  log: Logger,
): Promise<Service> {
  const environment = childEnvironment(config);
  const spreader = new ConnectionSpreader<SupervisedProcess>(config.limits.connections);
  const onMessage: SupervisedProcessOptions["onMessage"] = (message, from) => {
    metricsRelay.handleMessage(message, from);
    if (message.kind === "ready" && from !== worker) spreader.add(from);
    if (message.kind === "connections") spreader.record(from, message);
    // Node keeps the order, so this follows all connections.
    if (message.kind === "retire") void spreader.retire(from).then(() => from.send({ kind: "retired" }));
  };
  const onExit: SupervisedProcessOptions["onExit"] = (from) => spreader.remove(from);
  const supervise = (name: string, program: "web" | "worker"): SupervisedProcess =>
    new SupervisedProcess({ name, program, environment, onMessage, onExit, log });
  const first = supervise("web-1", "web");
  const others = Array.from({ length: config.webConcurrency - 1 }, (_, n) => supervise(`web-${n + 2}`, "web"));
  const worker = workers ? supervise("worker", "worker") : undefined;
  if (worker !== undefined) others.push(worker);
  const all = [first, ...others];
  const metricsRelay = new MetricsRelay(all);
  const close = () => {
    spreader.endWithLastTarget();
    return stopAll(all, config);
  };
  try {
    const url = await spreader.listen(config.host, config.port);
    // The first one starts alone, so that an error of all processes is reported once.
    await first.start();
    await Promise.all(others.map((each) => each.start()));
    return { url, metricsUrl: url, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Settings that the processes must share, and that may be missing in the environment. */
function childEnvironment({ redis, access: { operators } }: Config): Record<string, string> {
  const needsSecret = operators.kind === "login" && operators.sessionSecret === undefined;
  return {
    // The service's own Redis.
    ...(redis !== undefined && "url" in redis && { REDIS_URL: redis.url }),
    // The requests of a browser reach all processes.
    ...(needsSecret && { SESSION_SECRET: randomBytes(32).toString("base64") }),
  };
}

async function stopAll(all: readonly SupervisedProcess[], { shutdown }: Config): Promise<"in order" | "cut off"> {
  const killSignal = AbortSignal.timeout(1000 * (shutdown.graceSeconds + shutdown.seconds) + STOP_MARGIN_MS);
  const ended = await Promise.all(all.map((each) => each.stop(killSignal)));
  return ended.includes("cut off") ? "cut off" : "in order";
}

/** Time limit of the other processes. One that hangs is left out. */
const COLLECT_TIMEOUT_MS = 1000;

/** A scrape in progress. One process responds to it with the metrics of all. */
interface PendingScrape {
  others: NamedMetrics[];
  missing: Set<SupervisedProcess>;
  end(): void;
}

/** Collects the metrics of all processes for the one that is scraped. */
class MetricsRelay {
  readonly #processes: readonly SupervisedProcess[];
  readonly #pending = new Map<number, PendingScrape>();
  #lastScrapeId = 0;

  constructor(all: readonly SupervisedProcess[]) {
    this.#processes = all;
  }

  /** Handles a message of a process. */
  handleMessage(message: MessageToPrimary, from: SupervisedProcess): void {
    if (message.kind === "scrape") this.#startScrape(from, message.scrape);
    if (message.kind !== "metrics") return;
    const scrape = this.#pending.get(message.scrape);
    if (scrape?.missing.delete(from) !== true) return;
    scrape.others.push({ process: from.name, metrics: message.metrics });
    if (scrape.missing.size === 0) scrape.end();
  }

  /** @param requesterScrapeId the id of the scrape in the requesting process */
  #startScrape(requester: SupervisedProcess, requesterScrapeId: number): void {
    const scrapeId = ++this.#lastScrapeId;
    const others: NamedMetrics[] = [];
    const end = () => {
      clearTimeout(timer);
      this.#pending.delete(scrapeId);
      requester.send({ kind: "scraped", scrape: requesterScrapeId, others });
    };
    const timer = setTimeout(end, COLLECT_TIMEOUT_MS);
    const requested = this.#processes.filter(
      (each) => each !== requester && each.send({ kind: "collect", scrape: scrapeId }),
    );
    this.#pending.set(scrapeId, { others, missing: new Set(requested), end });
    if (requested.length === 0) end();
  }
}
