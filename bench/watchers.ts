/**
 * A thousand clients watch one workflow at one web process: how long an event takes to reach them, what that costs the process,
 * and how long it takes them all to resume after they have lost their connections.
 *
 *   npm run bench:watchers
 *
 * No ratio: there is no bare program to compare with. The clients run on the same machine, and their work is in the latencies.
 */
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { pino } from "pino";
import type { TaskforceUuid } from "../src/domain/ids.js";
import { createWorkflow } from "../src/lifecycle/create.js";
import { entryNow } from "../src/lifecycle/phaseChangeLog.js";
import { startOwnRedis } from "../src/redis/provideRedis.js";
import { type Preparation, prepare, workflowRequest } from "./prepare.js";
import { startServer } from "./serverProcess.js";

const WATCHERS = 1000;
const EVENTS = 200;
/** Milliseconds between two events. */
const PAUSE = 100;
/** Events that watchers miss while they are away. */
const MISSED = 50;

/** A watcher that counts events as their bytes come. */
class Watcher {
  heard = 0;
  lastId = "";
  readonly #socket: Socket;
  readonly #began: Promise<unknown>;

  /** @param onEvent told when one has come */
  constructor(url: URL, path: string, lastId: string, onEvent: () => void) {
    this.#socket = connect(Number(url.port), url.hostname);
    const resume = lastId === "" ? "" : `Last-Event-ID: ${lastId}\r\n`;
    this.#socket.write(`GET ${path} HTTP/1.1\r\nHost: ${url.host}\r\n${resume}\r\n`);
    this.#began = once(this.#socket, "data");
    this.#socket.setEncoding("latin1").on("data", (text: string) => {
      this.lastId = [...text.matchAll(/^id: (\S+)$/gm)].at(-1)?.[1] ?? this.lastId;
      const count = text.split("event: phase").length - 1;
      this.heard += count;
      for (let n = 0; n < count; n++) onEvent();
    });
  }

  async begins(): Promise<void> {
    await this.#began;
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** What the process says of itself: seconds and bytes. */
async function usage(url: string): Promise<{ cpu: number; memory: number }> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const value = (name: string) => Number(new RegExp(`^${name} (\\S+)`, "m").exec(text)?.[1]);
  return { cpu: value("process_cpu_seconds_total"), memory: value("process_resident_memory_bytes") };
}

const at = (sorted: readonly number[], part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;

const ms = (value: number): string => `${value.toFixed(1)} ms`;

async function measure({ wms }: Preparation, url: string): Promise<void> {
  const { workflow, taskforces } = await createWorkflow(wms, workflowRequest(1));
  const uuid = taskforces[0]?.taskforce_uuid as TaskforceUuid;
  const tell = () =>
    wms.store.transitions.noteAttempts(
      [uuid],
      "pre-mq-activation",
      entryNow(wms, "pre-launch", false, "TMS", "for the benchmark"),
    );
  const path = `/v1/workflows/${workflow.workflow_id}/events`;
  const before = await usage(url);

  let toldAt = 0;
  let heard = 0;
  let all: () => void = () => undefined;
  const latencies: number[] = [];
  const last: number[] = [];
  const hear = () => {
    latencies.push(performance.now() - toldAt);
    if (++heard % WATCHERS === 0) all();
  };
  const watchers = Array.from({ length: WATCHERS }, () => new Watcher(new URL(url), path, "", hear));
  await Promise.all(watchers.map((watcher) => watcher.begins()));
  const watching = await usage(url);
  for (let n = 0; n < EVENTS; n++) {
    const reached = new Promise<void>((resolve) => {
      all = resolve;
    });
    toldAt = performance.now();
    await Promise.all([tell(), reached]);
    last.push(performance.now() - toldAt);
    await delay(PAUSE);
  }
  const after = await usage(url);

  for (const watcher of watchers) watcher.close();
  for (let n = 0; n < MISSED; n++) await tell();
  let missing = WATCHERS * MISSED;
  const began = performance.now();
  const resumed = await new Promise<Watcher[]>((resolve) => {
    const again = watchers.map(
      ({ lastId }) => new Watcher(new URL(url), path, lastId, () => --missing === 0 && resolve(again)),
    );
  });
  const took = performance.now() - began;
  for (const watcher of resumed) watcher.close();

  latencies.sort((a, b) => a - b);
  last.sort((a, b) => a - b);
  const perDelivery = ((after.cpu - watching.cpu) * 1e6) / (EVENTS * WATCHERS);
  const perWatcher = (after.memory - before.memory) / WATCHERS / 1024;
  console.log(`${WATCHERS} watchers of one workflow, ${EVENTS} events, ${1000 / PAUSE}/s at most:`);
  console.log(
    `  an event reaches a watcher after ${ms(at(latencies, 0.5))} (99 %: ${ms(at(latencies, 0.99))})`,
  );
  console.log(`  and the last of them after ${ms(at(last, 0.5))} (99 %: ${ms(at(last, 0.99))})`);
  console.log(
    `  a delivery costs the process ${perDelivery.toFixed(1)} µs, a watcher ${Math.round(perWatcher)} KiB`,
  );
  console.log(`  all come again at once, and have the ${MISSED} events that they missed after ${ms(took)}`);
}

const dataDir = mkdtempSync(join(tmpdir(), "wms-bench-"));
const log = pino({ level: "warn" });
const redis = await startOwnRedis({ dataDir, appendOnly: false, log });
const started: { stop(): Promise<void> }[] = [redis];
try {
  const preparation = await prepare(redis.location.url);
  started.push({ stop: preparation.close });
  const environment = { REDIS_URL: redis.location.url, REST_PORT: "0", LOG_LEVEL: "warn" };
  const ours = await startServer(["dist/web.js"], environment);
  started.push(ours);
  await measure(preparation, ours.url);
} finally {
  for (const each of started.reverse()) await each.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
