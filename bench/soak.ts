/**
 * Runs a mixed load at half of the capacity for a long time, and checks that memory, handles and keys do not grow.
 *
 *   npm run bench:soak [-- --minutes 30]
 *
 * Measures the capacity first. Exit code 1 if a figure grows.
 */
import { setTimeout as delay } from "node:timers/promises";
import { type BenchEnvironment, withBenchEnvironment } from "./benchEnvironment.js";
import { formatMs, markdownTable, numericOption, quantile } from "./figures.js";
import { countKeyFamilies } from "./keyFamilies.js";
import { sampleSubmitReport } from "./population.js";
import { sampleWorkflowRequest } from "./prepare.js";
import { formatMib, linearSlope, type ProcessFigures, readProcessFigures } from "./processFigures.js";
import { TimedHttpClient } from "./timedHttpClient.js";

const MINUTES = numericOption("minutes", 30);
/** Seconds of the measurement of the capacity, and between two samples of a process. */
const CALIBRATION_SECONDS = 15;
const SAMPLE_INTERVAL_SECONDS = 5;
const CONNECTIONS = 32;
/** The share of the time that is ignored as the warm-up. */
const WARM_UP_FRACTION = 0.2;
/** Maximum growth: a part of the first value, or a number of bytes if that is more. */
const MAX_GROWTH = { part: 0.1, bytes: 16 * 1024 * 1024 };
/** Maximum number of keys of a family, independent of the duration. */
const MAX_KEYS_PER_FAMILY = 5000;
const SCHEDD = "SCHEDD1";
/** Milliseconds until the server has closed a connection that the client closed. */
const SETTLE_MS = 200;

interface StartedWorkflow {
  workflow: string;
  taskforces: string[];
}

/** Runs workflows from their creation to the completion of clusters. */
class WorkflowLifecycles {
  readonly #caller: TimedHttpClient;
  #clusterId = 0;
  /** Number of ended workflows. */
  endedCount = 0;
  durationsMs: number[] = [];

  constructor(url: string) {
    this.#caller = new TimedHttpClient(url, 4 * CONNECTIONS);
  }

  /** Creates a workflow, leases and submits the next taskforces, and ends the workflow: about twelve requests. */
  async runOne(): Promise<void> {
    const began = performance.now();
    const created = await this.#caller.callExpectingSuccess("POST", "/v1/workflows", sampleWorkflowRequest(2));
    const { workflow } = JSON.parse(created.text) as { workflow: { workflow_id: string } };
    const leased = [await this.#leaseNext("starter"), await this.#leaseNext("starter")].flatMap((uuid) => uuid ?? []);
    for (const uuid of leased)
      await this.#post(
        `/v1/tms/condor-submit/taskforces/${uuid}`,
        sampleSubmitReport(++this.#clusterId, this.#clusterId),
      );
    if (leased.length > 0)
      await this.#post("/v1/tms/statuses/taskforces", {
        compound_statuses_by_taskforce: Object.fromEntries(leased.map((uuid) => [uuid, { IDLE: { null: 1 } }])),
      });
    await this.#caller.callExpectingSuccess("GET", `/v1/workflows/${workflow.workflow_id}/summary`);
    await this.#post("/v1/query/taskforces", { query: { workflow_id: workflow.workflow_id } });
    await this.#endWorkflow({ workflow: workflow.workflow_id, taskforces: leased });
    this.endedCount++;
    this.durationsMs.push(performance.now() - began);
  }

  /** Removes the next clusters of the stopper queue, because the leased taskforces may belong to other workflows. */
  async #endWorkflow({ workflow, taskforces }: StartedWorkflow): Promise<void> {
    await this.#post(`/v1/workflows/${workflow}/actions/${this.endedCount % 2 === 0 ? "abort" : "finished"}`, {});
    for (const _ of taskforces) {
      const uuid = await this.#leaseNext("stopper");
      if (uuid === undefined) continue;
      await this.#post(`/v1/tms/condor-rm/taskforces/${uuid}`, {});
      await this.#post(`/v1/tms/condor-complete/taskforces/${uuid}`, {
        condor_complete_ts: Math.floor(Date.now() / 1000),
      });
    }
  }

  async #leaseNext(queue: "starter" | "stopper"): Promise<string | undefined> {
    const { text } = await this.#caller.callExpectingSuccess(
      "GET",
      `/v1/tms/pending-${queue}/taskforces?schedd=${SCHEDD}`,
    );
    return /"taskforce_uuid":"([^"]+)"/.exec(text)?.[1];
  }

  async #post(path: string, body: object): Promise<void> {
    const { status, text } = await this.#caller.call("POST", path, body);
    // A report is a 404 or 422 if the workflow has ended before.
    if (status >= 500 || status === 400) throw new Error(`${path}: ${status} ${text.slice(0, 300)}`);
  }

  /** Closes idle connections, so that they do not count as the service's descriptors. */
  closeIdleConnections(): void {
    this.#caller.closeIdleConnections();
  }

  close(): void {
    this.#caller.close();
  }
}

/** Measures workflows per second without pauses on all connections. */
async function measureCapacity(lifecycles: WorkflowLifecycles): Promise<number> {
  const until = performance.now() + CALIBRATION_SECONDS * 1000;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (performance.now() < until) await lifecycles.runOne();
    }),
  );
  return (1000 * lifecycles.endedCount) / (performance.now() - began);
}

/** Starts workflows at a rate. @returns how many were skipped because too many were running */
async function runAtRate(lifecycles: WorkflowLifecycles, rate: number, until: number): Promise<number> {
  const open = new Set<Promise<void>>();
  let skipped = 0;
  for (let next = Date.now(); next < until; next += 1000 / rate) {
    await delay(Math.max(0, next - Date.now()));
    if (open.size >= 4 * CONNECTIONS) skipped++;
    else {
      const lifecycle = lifecycles.runOne().finally(() => open.delete(lifecycle));
      open.add(lifecycle);
    }
  }
  await Promise.all(open);
  return skipped;
}

/** Figures of one process for each minute. The minimum of a minute excludes most garbage. */
type MinuteFigures = ProcessFigures[];

function minimumFigures(samples: readonly ProcessFigures[]): ProcessFigures {
  const of = (name: keyof ProcessFigures) => Math.min(...samples.map((sample) => sample[name]));
  return {
    rssBytes: of("rssBytes"),
    heapBytes: of("heapBytes"),
    descriptors: of("descriptors"),
    resources: of("resources"),
    cpuSeconds: of("cpuSeconds"),
  };
}

function printProcessGrowth(name: string, minutes: MinuteFigures): boolean {
  const warm = minutes.slice(Math.floor(minutes.length * WARM_UP_FRACTION));
  let good = true;
  const rows = (["rssBytes", "heapBytes", "descriptors", "resources"] as const).map((what) => {
    const numbers = warm.map((figures) => figures[what]);
    const [first = 0, last = 0] = [numbers[0], numbers.at(-1)];
    const grown = linearSlope(numbers) * (numbers.length - 1);
    const inBytes = what === "rssBytes" || what === "heapBytes";
    const grows = grown > Math.max(MAX_GROWTH.part * first, inBytes ? MAX_GROWTH.bytes : 8);
    good = good && !grows;
    const shown = inBytes ? formatMib : (value: number) => value.toFixed(0);
    const unit = inBytes ? `${what}, MiB` : what;
    return [`${name}: ${unit}`, shown(first), shown(last), shown(linearSlope(numbers)), grows ? "grows" : "steady"];
  });
  console.log(markdownTable(["after warming up", "first", "last", "a minute", "verdict"], rows));
  return good;
}

function printKeyGrowth(samples: readonly Map<string, number>[]): boolean {
  const families = [...new Set(samples.flatMap((sample) => [...sample.keys()]))].sort();
  let good = true;
  const rows = families.map((family) => {
    const numbers = samples.map((sample) => sample.get(family) ?? 0);
    const bounded = Math.max(...numbers) <= MAX_KEYS_PER_FAMILY;
    good = good && bounded;
    return [`\`${family}\``, ...numbers, bounded ? "bounded" : "grows"];
  });
  console.log(markdownTable(["keys without entities", ...samples.map((_, n) => `sample ${n + 1}`), "verdict"], rows));
  return good;
}

async function runSoakBenchmark(site: BenchEnvironment): Promise<boolean> {
  const [web, worker] = [await site.startProcess("web"), await site.startProcess("worker")];
  const lifecycles = new WorkflowLifecycles(web.url);
  await measureCapacity(lifecycles);
  lifecycles.endedCount = 0;
  const maxRate = await measureCapacity(lifecycles);
  console.log(`capacity: ${maxRate.toFixed(1)} workflows per second; now half of that for ${MINUTES} minutes\n`);
  await delay(5000);
  lifecycles.durationsMs = [];

  const until = Date.now() + MINUTES * 60_000;
  const load = runAtRate(lifecycles, maxRate / 2, until);
  const minutes: Record<"web" | "worker", MinuteFigures> = { web: [], worker: [] };
  const keys = [await countKeyFamilies(site.redis)];
  const sampleMinutes = Math.max(1, Math.floor(MINUTES / 4));
  for (let minute = 1; minute <= MINUTES; minute++) {
    const samples: Record<"web" | "worker", ProcessFigures[]> = { web: [], worker: [] };
    for (let second = 0; second < 60; second += SAMPLE_INTERVAL_SECONDS) {
      await delay(SAMPLE_INTERVAL_SECONDS * 1000 - SETTLE_MS);
      lifecycles.closeIdleConnections();
      await delay(SETTLE_MS);
      samples.web.push(await readProcessFigures(web.url));
      samples.worker.push(await readProcessFigures(worker.url));
    }
    const [ofWeb, ofWorker] = [minimumFigures(samples.web), minimumFigures(samples.worker)];
    minutes.web.push(ofWeb);
    minutes.worker.push(ofWorker);
    if (minute % sampleMinutes === 0) keys.push(await countKeyFamilies(site.redis));
    const took = lifecycles.durationsMs.splice(0);
    const memory = ({ rssBytes: rss, heapBytes: heap }: ProcessFigures) =>
      `${formatMib(rss)} MiB, heap ${formatMib(heap)} MiB`;
    console.log(
      `${minute}: ${took.length} workflows, median ${formatMs(quantile(took, 0.5))} ms; web ${memory(ofWeb)}; worker ${memory(ofWorker)}`,
    );
  }
  const skipped = await load;
  lifecycles.close();
  console.log(`\nskipped workflows, because too many were running: ${skipped}\n`);
  const results = [
    printProcessGrowth("web", minutes.web),
    printProcessGrowth("worker", minutes.worker),
    printKeyGrowth(keys),
  ];
  return results.every((good) => good);
}

await withBenchEnvironment({}, runSoakBenchmark);
