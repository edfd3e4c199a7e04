import { postRequest } from "../createOne.js";
import { numericOption, quantile } from "../figures.js";
import { leaseAndSubmitRequests } from "../leaseAndSubmit.js";
import { sampleWorkflowRequest } from "../prepare.js";
import { QUERY_CASES, type QueryCase } from "../queries/queryCases.js";
import type { QueryTargets } from "../queries/queryPopulation.js";
import type { MeasureRate } from "../ratio.js";
import { type LoadRequests, measureRequestRate } from "../requestRate.js";
import type { Peer, PeerComparison, PeerSite } from "./peer.js";
import { WmsSide } from "./wmsSide.js";

const CONNECTIONS = 32;
const POLLERS = 8;
/** Workflows that one round creates, and reads of one round. */
const WORKFLOWS = 96;
const READS = 480;
/** Taskforces that one round leases and submits: fewer than a round creates. */
const LEASES = 64;
const STATUSES = 100;
const ABORT_TASKS = 50;
const QUERIES = 5;

const url = process.env["EXISTING_WMS_URL"]?.replace(/\/$/, "");
const locationsAt = process.argv.indexOf("--locations");
const LOCATIONS = (locationsAt === -1 ? "test-alpha,test-beta" : (process.argv[locationsAt + 1] ?? "")).split(",");

/** A side with its stored taskforces. */
interface FilledSide {
  side: WmsSide;
  targets: QueryTargets;
  /** Workflows that the rounds abort. */
  abortable: string[];
  uuids: string[];
}

async function fill(side: WmsSide, rounds: number): Promise<FilledSide> {
  const targets = await side.populate(numericOption("taskforces", 1000));
  const abortable: string[] = [];
  while (abortable.length <= rounds) abortable.push((await side.create(ABORT_TASKS))[0]?.workflow_id ?? "");
  await side.waitUntilPending();
  const query = { phase: "condor-submit", schedd: targets.schedd };
  const running = (await side.query("taskforces", { query, projection: ["taskforce_uuid"] })) as {
    taskforce_uuid: string;
  }[];
  return { side, targets, abortable, uuids: running.slice(0, STATUSES).map((each) => each.taskforce_uuid) };
}

const load =
  (connections: number, amount: number, requests: (filled: FilledSide) => LoadRequests) => (filled: FilledSide) => () =>
    measureRequestRate(filled.side.url, connections, amount, requests(filled));

const measureQuery = (each: QueryCase) => (filled: FilledSide) => async () => {
  const body = { query: each.query(filled.targets), ...(each.projection && { projection: each.projection }) };
  const times: number[] = [];
  while (times.length < QUERIES)
    times.push((await filled.side.client.callExpectingSuccess("POST", `/v1/query/${each.collection}`, body)).took);
  return 1000 / quantile(times, 0.5);
};

const measureUntilPending =
  ({ side }: FilledSide) =>
  async () => {
    const began = performance.now();
    const request = postRequest("/v1/workflows", sampleWorkflowRequest(1, LOCATIONS.slice(0, 1)));
    await measureRequestRate(side.url, CONNECTIONS, WORKFLOWS, [request]);
    await side.waitUntilPending();
    return (1000 * WORKFLOWS) / (performance.now() - began);
  };

const measureAbort =
  ({ side, abortable }: FilledSide) =>
  async () => {
    const path = `/v1/workflows/${abortable.pop()}/actions/abort`;
    return 1000 / (await side.client.callExpectingSuccess("POST", path, {})).took;
  };

const statusesRequests = ({ uuids }: FilledSide): LoadRequests => {
  const statuses = { IDLE: { null: 12 }, RUNNING: { Tasking: 70, WaitingOnFirstMessage: 13 } };
  const body = { compound_statuses_by_taskforce: Object.fromEntries(uuids.map((uuid) => [uuid, statuses])) };
  return [postRequest("/v1/tms/statuses/taskforces", body)];
};

/** The comparisons in their order: the leases need the taskforces that the creations leave. */
const WORK: [work: string, shows: PeerComparison["shows"], measure: (filled: FilledSide) => MeasureRate][] = [
  [
    "GET /v1/taskforces/{uuid}, 32 connections",
    "rate",
    load(CONNECTIONS, READS, ({ uuids }) => [{ path: `/v1/taskforces/${uuids[0]}` }]),
  ],
  [`statuses of ${STATUSES} taskforces in one POST`, "rate", load(1, 5, statusesRequests)],
  ...QUERY_CASES.map((each): (typeof WORK)[number] => [`query ${each.name}`, "milliseconds", measureQuery(each)]),
  [`abort of ${ABORT_TASKS * LOCATIONS.length} taskforces`, "milliseconds", measureAbort],
  ["created until pending, 1 × 1, 32 connections", "rate", measureUntilPending],
  [
    "lease + condor-submit, 8 pollers",
    "rate",
    load(POLLERS, 2 * LEASES, ({ targets }) => leaseAndSubmitRequests(targets.schedd)),
  ],
];

/** Which answers of the two sides have different numbers of entities, apart from random ids. */
async function findDifferences(ours: FilledSide, theirs: FilledSide): Promise<string[]> {
  const differences: string[] = [];
  for (const each of QUERY_CASES.filter(({ name }) => !name.includes("taskforce_uuid"))) {
    const count = async ({ side, targets }: FilledSide) =>
      (await side.query(each.collection, { query: each.query(targets), projection: each.projection })).length;
    const [a, b] = [await count(ours), await count(theirs)];
    if (a !== b) differences.push(`${each.name}: ${a} against ${b} entities`);
  }
  return differences;
}

/** The existing Python service on MongoDB. It speaks the same protocol and gets the same requests. */
export const existingService: Peer = {
  name: "existing service",
  takesTaskforces: false,
  findObstacle: async () => (url === undefined ? "EXISTING_WMS_URL is not set" : undefined),
  async *compare({ ours, rounds }: PeerSite) {
    const options = { locations: LOCATIONS, run: `run-${Date.now()}` };
    const [own, theirs] = [
      await fill(new WmsSide(ours.url, options), rounds),
      await fill(new WmsSide(url ?? "", options), rounds),
    ];
    for (const difference of await findDifferences(own, theirs)) console.log(`different answers: ${difference}`);
    for (const [work, shows, measure] of WORK) yield { work, shows, ours: measure(own), theirs: measure(theirs) };
  },
};
