/**
 * Creates, activates, launches, partly hands out and aborts a workflow of 20,000 taskforces. Meanwhile a steady stream of small
 * requests concerns other workflows. Compares their latencies with those of the same stream without other load.
 *
 *   npm run bench:giant [-- --tasks 4000]     (at five locations each; takes 1 to 2 minutes)
 *
 * Exit code 1 if a request of the stream takes longer than 100 ms.
 */
import { setTimeout as delay } from "node:timers/promises";
import { PHASES, type Phase } from "../src/domain/phases.js";
import { type BenchEnvironment, withBenchEnvironment } from "./benchEnvironment.js";
import { measureBlocking } from "./blocking.js";
import { formatMs, markdownTable, maxOf, numericOption, quantile } from "./figures.js";
import { CLUSTER_LOCATIONS, LOCATIONS, sampleSubmitReport } from "./population.js";
import { sampleWorkflowRequest } from "./prepare.js";
import { RequestStream, type StreamedRequest } from "./requestStream.js";
import { TimedHttpClient } from "./timedHttpClient.js";

const TASKS = numericOption("tasks", 4000);
/** Maximum milliseconds of a small request. */
const MAX_LATENCY_MS = 100;
/** Milliseconds between two requests of the stream. */
const REQUEST_INTERVAL_MS = 10;
/** Milliseconds of the measurement without other load. */
const IDLE_MS = 10_000;
const POLLERS = 8;
const HAND_OUTS = 2000;

/** Creates a small workflow. @returns requests that concern it, and other small workflows */
async function smallRequestsOf(caller: TimedHttpClient): Promise<StreamedRequest[]> {
  const small = await caller.callExpectingSuccess("POST", "/v1/workflows", sampleWorkflowRequest(1, ["test"]));
  const { workflow, taskforces } = JSON.parse(small.text) as {
    workflow: { workflow_id: string };
    taskforces: { taskforce_uuid: string }[];
  };
  const uuid = taskforces[0]?.taskforce_uuid ?? "";
  const get =
    (path: string): StreamedRequest =>
    (stream) =>
      stream.callExpectingSuccess("GET", path);
  const post =
    (path: string, body: object): StreamedRequest =>
    (stream) =>
      stream.callExpectingSuccess("POST", path, body);
  return [
    get(`/v1/workflows/${workflow.workflow_id}`),
    get(`/v1/taskforces/${uuid}`),
    post("/v1/tms/statuses/taskforces", { compound_statuses_by_taskforce: { [uuid]: { IDLE: { null: 1 } } } }),
    post("/v1/query/taskforces", { query: { workflow_id: workflow.workflow_id } }),
    get("/v1/tms/pending-stopper/taskforces?schedd=ap-test.example.org"),
    post("/v1/workflows", sampleWorkflowRequest(1, ["test"])),
  ];
}

/** Number of the large workflow's taskforces in each phase. */
type PhaseCounts = Partial<Record<Phase, number>>;

async function runGiantBenchmark(site: BenchEnvironment): Promise<boolean> {
  const web = await site.startProcess("web");
  await site.startProcess("worker");
  const caller = new TimedHttpClient(web.url, POLLERS);
  const stream = new RequestStream(web.url, await smallRequestsOf(caller), REQUEST_INTERVAL_MS);
  stream.start();
  const taskforces = TASKS * LOCATIONS.length;
  const rows: (string | number)[][] = [];
  let good = true;

  const observe = async (what: string, work: () => Promise<unknown>): Promise<void> => {
    stream.drain();
    const began = performance.now();
    const { redisMs, eventLoopMs } = await measureBlocking(site.redisUrl, work);
    const seconds = (performance.now() - began) / 1000;
    const { latenciesMs: took, failures } = stream.drain();
    if (failures.length > 0) throw new Error(`${what}: ${failures.join("; ")}`);
    const most = maxOf(took);
    if (what !== "nothing else") good = good && most <= MAX_LATENCY_MS;
    const waits = [quantile(took, 0.5), quantile(took, 0.99), most, redisMs, eventLoopMs].map(formatMs);
    rows.push([what, seconds.toFixed(1), took.length, ...waits]);
  };
  const count = async (): Promise<PhaseCounts> => {
    const phases: PhaseCounts = {};
    for (const { phase, schedd, count: n } of await site.wms.store.counts.readAll())
      if (schedd !== "ap-test.example.org") phases[phase] = (phases[phase] ?? 0) + n;
    return phases;
  };
  const until = async (phase: Phase, n: number): Promise<void> => {
    while (((await count())[phase] ?? 0) < n) await delay(100);
  };

  const body = JSON.stringify(sampleWorkflowRequest(TASKS, LOCATIONS));
  let workflow = "";
  await observe("warming up", () => delay(IDLE_MS / 2));
  await observe("nothing else", () => delay(IDLE_MS));
  await observe("create", async () => {
    const created = await caller.callExpectingSuccess("POST", "/v1/workflows", body);
    workflow = /"workflow_id":"([^"]+)"/.exec(created.head)?.[1] ?? "";
  });
  await observe("activate and launch", () => until("pending-starter", taskforces));
  await observe(`take and submit ${HAND_OUTS}`, async () => {
    let left = HAND_OUTS;
    const poll = async () => {
      while (left-- > 0) {
        const schedd = `ap-${LOCATIONS[left % LOCATIONS.length]}.example.org`;
        const leased = await caller.callExpectingSuccess("GET", `/v1/tms/pending-starter/taskforces?schedd=${schedd}`);
        const uuid = /"taskforce_uuid":"([^"]+)"/.exec(leased.head)?.[1];
        await caller.callExpectingSuccess(
          "POST",
          `/v1/tms/condor-submit/taskforces/${uuid}`,
          sampleSubmitReport(left, left),
        );
      }
    };
    await Promise.all(Array.from({ length: POLLERS }, poll));
  });
  await observe("summary", () => caller.callExpectingSuccess("GET", `/v1/workflows/${workflow}/summary`));
  await observe("abort", async () => {
    await caller.callExpectingSuccess("POST", `/v1/workflows/${workflow}/actions/abort`);
    await until("pending-stopper", taskforces);
  });
  await observe("afterwards", () => delay(IDLE_MS / 2));
  await stream.stop();
  caller.close();

  console.log(
    `\nA workflow of ${TASKS} tasks × ${LOCATIONS.length} locations, ${(body.length / 1e6).toFixed(1)} MB, ${PHASES.length} phases;` +
      ` meanwhile a small request every ${REQUEST_INTERVAL_MS} ms, which may wait ${MAX_LATENCY_MS} ms. Milliseconds:\n`,
  );
  const head = [
    "meanwhile",
    "seconds",
    "requests",
    "median",
    "99 %",
    "longest",
    "longest PING",
    "the probe's own loop",
  ];
  console.log(markdownTable(head, rows.slice(1)));
  return good;
}

const locations = { ...JSON.parse(CLUSTER_LOCATIONS), test: { schedd: "ap-test.example.org" } };
await withBenchEnvironment({ CLUSTER_LOCATIONS: JSON.stringify(locations) }, runGiantBenchmark);
