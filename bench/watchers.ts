/**
 * Measures a web process while a thousand clients watch one workflow: the latency of events, the cost for the process, and
 * the time until all clients have resumed after a loss of their connections.
 *
 *   npm run bench:watchers
 *
 * There is no ratio, because no bare program is comparable. The latencies include the work of the clients, which run on the
 * same machine.
 */
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { ensureRedisServer } from "../scripts/setup/ensureRedisServer.js";
import type { TaskforceUuid } from "../src/domain/ids.js";
import { createLogEntry } from "../src/lifecycle/changeEffects.js";
import { createWorkflow } from "../src/lifecycle/create.js";
import { startOwnRedis } from "../src/redis/provideRedis.js";
import { type PreparedStore, prepareStore, sampleWorkflowRequest } from "./prepare.js";
import { deployedNodeOptions, startServerProcess } from "./serverProcess.js";

const SUBSCRIBERS = 1000;
const EVENTS = 200;
/** Milliseconds between two events. */
const EVENT_INTERVAL_MS = 100;
/** Events that subscribers miss while they are disconnected. */
const MISSED_EVENTS = 50;

/** A client that counts the received events. */
class SseSubscriber {
  eventCount = 0;
  lastId = "";
  readonly #socket: Socket;
  readonly #opened: Promise<unknown>;

  /** @param onEvent called for each received event */
  constructor(url: URL, path: string, lastId: string, onEvent: () => void) {
    this.#socket = connect(Number(url.port), url.hostname);
    const resume = lastId === "" ? "" : `Last-Event-ID: ${lastId}\r\n`;
    this.#socket.write(`GET ${path} HTTP/1.1\r\nHost: ${url.host}\r\n${resume}\r\n`);
    this.#opened = once(this.#socket, "data");
    this.#socket.setEncoding("latin1").on("data", (text: string) => {
      this.lastId = [...text.matchAll(/^id: (\S+)$/gm)].at(-1)?.[1] ?? this.lastId;
      const count = text.split("event: phase").length - 1;
      this.eventCount += count;
      for (let n = 0; n < count; n++) onEvent();
    });
  }

  async waitUntilOpen(): Promise<void> {
    await this.#opened;
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** The processor time of the process in seconds, and its memory in bytes. */
async function readProcessUsage(url: string): Promise<{ cpu: number; memory: number }> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const value = (name: string) => Number(new RegExp(`^${name} (\\S+)`, "m").exec(text)?.[1]);
  return { cpu: value("process_cpu_seconds_total"), memory: value("process_resident_memory_bytes") };
}

const quantileOfSorted = (sorted: readonly number[], part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;

const formatMillis = (value: number): string => `${value.toFixed(1)} ms`;

async function measureDelivery({ wms }: PreparedStore, url: string): Promise<void> {
  const { workflow, taskforces } = await createWorkflow(wms, sampleWorkflowRequest(1));
  const uuid = taskforces[0]?.taskforce_uuid as TaskforceUuid;
  const publishEvent = () =>
    wms.store.transitions.recordAttempts(
      [uuid],
      "pre-mq-activation",
      createLogEntry(wms, "pre-launch", false, "tms", "for the benchmark"),
    );
  const path = `/v1/workflows/${workflow.workflow_id}/events`;
  const before = await readProcessUsage(url);

  let publishedMs = 0;
  let deliveredCount = 0;
  let onAllDelivered: () => void = () => undefined;
  const latencies: number[] = [];
  const last: number[] = [];
  const onDelivery = () => {
    latencies.push(performance.now() - publishedMs);
    if (++deliveredCount % SUBSCRIBERS === 0) onAllDelivered();
  };
  const subscribers = Array.from({ length: SUBSCRIBERS }, () => new SseSubscriber(new URL(url), path, "", onDelivery));
  await Promise.all(subscribers.map((subscriber) => subscriber.waitUntilOpen()));
  const usageWhileSubscribed = await readProcessUsage(url);
  for (let n = 0; n < EVENTS; n++) {
    const reached = new Promise<void>((resolve) => {
      onAllDelivered = resolve;
    });
    publishedMs = performance.now();
    await Promise.all([publishEvent(), reached]);
    last.push(performance.now() - publishedMs);
    await delay(EVENT_INTERVAL_MS);
  }
  const after = await readProcessUsage(url);

  for (const subscriber of subscribers) subscriber.close();
  for (let n = 0; n < MISSED_EVENTS; n++) await publishEvent();
  let missing = SUBSCRIBERS * MISSED_EVENTS;
  const began = performance.now();
  const resumed = await new Promise<SseSubscriber[]>((resolve) => {
    const again = subscribers.map(
      ({ lastId }) => new SseSubscriber(new URL(url), path, lastId, () => --missing === 0 && resolve(again)),
    );
  });
  const took = performance.now() - began;
  for (const subscriber of resumed) subscriber.close();

  latencies.sort((a, b) => a - b);
  last.sort((a, b) => a - b);
  const perDelivery = ((after.cpu - usageWhileSubscribed.cpu) * 1e6) / (EVENTS * SUBSCRIBERS);
  const perSubscriber = (after.memory - before.memory) / SUBSCRIBERS / 1024;
  console.log(`${SUBSCRIBERS} subscribers to one workflow, ${EVENTS} events, at most ${1000 / EVENT_INTERVAL_MS}/s:`);
  console.log(
    `  an event reaches a subscriber after ${formatMillis(quantileOfSorted(latencies, 0.5))} (99 %: ${formatMillis(quantileOfSorted(latencies, 0.99))})`,
  );
  console.log(
    `  and the last subscriber after ${formatMillis(quantileOfSorted(last, 0.5))} (99 %: ${formatMillis(quantileOfSorted(last, 0.99))})`,
  );
  console.log(
    `  a delivery costs the process ${perDelivery.toFixed(1)} µs, a subscriber ${Math.round(perSubscriber)} KiB`,
  );
  console.log(
    `  after a simultaneous reconnect, all have received their ${MISSED_EVENTS} missed events after ${formatMillis(took)}`,
  );
}

const dataDir = mkdtempSync(join(tmpdir(), "wms-bench-"));
await ensureRedisServer();
const redis = await startOwnRedis({ dataDir, appendOnly: false });
const started: { stop(): Promise<void> }[] = [redis];
try {
  const preparation = await prepareStore(redis.location.url);
  started.push({ stop: preparation.close });
  const environment = {
    REDIS_URL: redis.location.url,
    REST_PORT: "0",
    LOG_LEVEL: "warn",
    MAX_CONNECTIONS_PER_ADDRESS: "2000",
  };
  const ours = await startServerProcess([...deployedNodeOptions(), "dist/web.js"], environment);
  started.push(ours);
  await measureDelivery(preparation, ours.url);
} finally {
  for (const each of started.reverse()) await each.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
