/**
 * Simulates the TMSs of 500 schedds, which poll every second, and 50 users, who submit workflows. Prints waiting times,
 * connections to Redis, processor time and memory of the processes every minute.
 *
 *   npm run bench:many [-- --minutes 30]
 *
 * Exit code 1 if a poll takes longer than 1 s, or if a taskforce waits longer than 5 s for its hand-out.
 */
import { setTimeout as delay } from "node:timers/promises";
import { type BenchEnvironment, withBenchEnvironment } from "./benchEnvironment.js";
import { formatMs, markdownTable, maxOf, numericOption, quantile } from "./figures.js";
import { sampleSubmitReport } from "./population.js";
import { clusterLocationsOfSites, sampleWorkflowRequest, siteSchedd } from "./prepare.js";
import { formatMib, readProcessFigures, redisCpuSeconds } from "./processFigures.js";
import { TimedHttpClient } from "./timedHttpClient.js";

const MINUTES = numericOption("minutes", 30);
const SCHEDDS = 500;
const USERS = 50;
/** Milliseconds between two polls of a schedd, and between two workflows of a user. */
const POLL_INTERVAL_MS = 1000;
const SUBMIT_INTERVAL_MS = 10_000;
/** Locations of each of a workflow's two tasks. */
const LOCATIONS_PER_TASK = 5;
/** Maximum milliseconds of a poll, and of a taskforce's wait for its hand-out. */
const MAX_WAIT_MS = { poll: 1000, taskforce: 5000 };

const siteName = (n: number): string => `site-${n % SCHEDDS}`;
const CLUSTER_LOCATIONS = clusterLocationsOfSites(Array.from({ length: SCHEDDS }, (_, n) => siteName(n)));

/** Durations since the last sample, in milliseconds. */
interface LoadMeasurements {
  polls: number[];
  submits: number[];
  /** From the creation of taskforces to their hand-out. */
  waits: number[];
}

const createMeasurements = (): LoadMeasurements => ({ polls: [], submits: [], waits: [] });

class SimulatedClients {
  readonly #caller: TimedHttpClient;
  readonly #untilMs: number;
  #measurements = createMeasurements();
  #clusterId = 0;

  constructor(url: string, until: number) {
    this.#caller = new TimedHttpClient(url, SCHEDDS + USERS);
    this.#untilMs = until;
  }

  /** Runs all clients. Their starts are spread evenly over one interval. */
  async run(): Promise<void> {
    const schedds = Array.from({ length: SCHEDDS }, (_, n) =>
      this.#repeat(POLL_INTERVAL_MS, n / SCHEDDS, () => this.#poll(n)),
    );
    const users = Array.from({ length: USERS }, (_, n) =>
      this.#repeat(SUBMIT_INTERVAL_MS, n / USERS, () => this.#submit(n)),
    );
    await Promise.all([...schedds, ...users]);
    this.#caller.close();
  }

  drain(): LoadMeasurements {
    const measured = this.#measurements;
    this.#measurements = createMeasurements();
    return measured;
  }

  async #repeat(interval: number, phase: number, work: () => Promise<void>): Promise<void> {
    await delay(interval * phase);
    while (Date.now() < this.#untilMs) {
      const began = Date.now();
      await work();
      await delay(Math.max(0, began + interval - Date.now()));
    }
  }

  async #poll(n: number): Promise<void> {
    for (;;) {
      const path = `/v1/tms/pending-starter/taskforces?schedd=${siteSchedd(siteName(n))}`;
      const { text, took } = await this.#caller.callExpectingSuccess("GET", path);
      this.#measurements.polls.push(took);
      const { taskforce } = (text === "" ? {} : JSON.parse(text)) as {
        taskforce?: { taskforce_uuid: string; timestamp: number };
      };
      if (taskforce === undefined) return;
      this.#measurements.waits.push(Date.now() - 1000 * taskforce.timestamp);
      const report = sampleSubmitReport(++this.#clusterId, this.#clusterId);
      await this.#caller.callExpectingSuccess(
        "POST",
        `/v1/tms/condor-submit/taskforces/${taskforce.taskforce_uuid}`,
        report,
      );
    }
  }

  async #submit(n: number): Promise<void> {
    const first = Math.floor(Math.random() * SCHEDDS);
    const locations = Array.from({ length: LOCATIONS_PER_TASK }, (_, more) => siteName(first + 97 * more + n));
    const { took } = await this.#caller.callExpectingSuccess(
      "POST",
      "/v1/workflows",
      sampleWorkflowRequest(2, [...new Set(locations)]),
    );
    this.#measurements.submits.push(took);
  }
}

async function runManyBenchmark(at: BenchEnvironment): Promise<boolean> {
  const own = await countConnections(at);
  const web = await at.startProcess("web");
  const worker = await at.startProcess("worker");
  const crowd = new SimulatedClients(web.url, Date.now() + MINUTES * 60_000);
  const running = crowd.run();
  const rows: (string | number)[][] = [];
  let good = true;
  let cpu = [0, 0, await redisCpuSeconds(at.redis)];
  console.log(
    `${SCHEDDS} schedds poll every ${POLL_INTERVAL_MS / 1000} s, ${USERS} users submit a workflow of ${2 * LOCATIONS_PER_TASK} taskforces every ${SUBMIT_INTERVAL_MS / 1000} s\n`,
  );
  for (let minute = 1; minute <= MINUTES; minute++) {
    await Promise.race([delay(60_000), running]);
    const { polls, submits, waits } = crowd.drain();
    const [webFigures, workerFigures] = [await readProcessFigures(web.url), await readProcessFigures(worker.url)];
    const used = [webFigures.cpuSeconds, workerFigures.cpuSeconds, await redisCpuSeconds(at.redis)];
    const busy = used.map((seconds, n) => Math.round((100 * (seconds - (cpu[n] ?? 0))) / 60));
    cpu = used;
    const row = [
      minute,
      polls.length,
      `${formatMs(quantile(polls, 0.99))} / ${formatMs(maxOf(polls))}`,
      submits.length,
      `${formatMs(quantile(submits, 0.99))} / ${formatMs(maxOf(submits))}`,
      `${formatMs(quantile(waits, 0.99))} / ${formatMs(maxOf(waits))}`,
      (await countConnections(at)) - own,
      busy.join(" / "),
      `${formatMib(webFigures.rssBytes)} / ${formatMib(webFigures.heapBytes)}`,
      `${formatMib(workerFigures.rssBytes)} / ${formatMib(workerFigures.heapBytes)}`,
    ];
    console.log(row.join("  "));
    rows.push(row);
    good = good && maxOf(polls) <= MAX_WAIT_MS.poll && maxOf(waits) <= MAX_WAIT_MS.taskforce;
  }
  await running;
  console.log(
    "\nMilliseconds: 99th percentile / longest; busy: web / worker / Redis, % of a core; MiB: resident / heap\n",
  );
  const head = [
    "minute",
    "polls",
    "poll",
    "workflows",
    "create",
    "wait of a taskforce",
    "connections to Redis",
    "busy",
    "web",
    "worker",
  ];
  console.log(markdownTable(head, rows));
  return good;
}

async function countConnections({ redis }: BenchEnvironment): Promise<number> {
  return Number(/^connected_clients:(\d+)/m.exec(await redis.info("clients"))?.[1]);
}

await withBenchEnvironment({ CLUSTER_LOCATIONS }, runManyBenchmark);
