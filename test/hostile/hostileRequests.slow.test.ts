import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { HOSTILE_REQUESTS } from "../../bench/hostile/catalogue.js";
import { HostileClients } from "../../bench/hostile/hostileClients.js";
import {
  CLUSTER_LOCATIONS,
  createHostilePopulation,
  type HostilePopulation,
} from "../../bench/hostile/hostilePopulation.js";
import { smallRequests } from "../../bench/hostile/smallRequests.js";
import { peakResidentBytes, resetPeakResident, waitUntilIdle } from "../../bench/linuxProcess.js";
import { type PreparedStore, prepareStore } from "../../bench/prepare.js";
import { RequestStream } from "../../bench/requestStream.js";
import { TimedHttpClient } from "../../bench/timedHttpClient.js";
import type { Taskforce } from "../../src/domain/taskforce.js";
import { ServiceProcess } from "../processes/serviceProcess.js";
import { freshDatabase } from "../setup/database.js";

const TASKFORCES = 300;
/**
 * More than the 600 MB of the benchmark: while other test files use the cores, garbage is collected late. The faults that this
 * guards against took gigabytes.
 */
const MAX_RESIDENT_BYTES = 1000e6;
/** Milliseconds for a process to become idle. A busy machine needs many times the usual ones. */
const IDLE_TIMEOUT_MS = 30_000;
/** Milliseconds between two small requests. */
const REQUEST_INTERVAL_MS = 50;

let preparation: PreparedStore;
let population: HostilePopulation;
let clients: HostileClients;
let web: ServiceProcess;
let killWeb = async (): Promise<void> => undefined;
let redisUrl: string;
let url: string;
let innocentClient: TimedHttpClient;

beforeAll(async () => {
  redisUrl = await freshDatabase();
  preparation = await prepareStore(redisUrl, { CLUSTER_LOCATIONS });
  population = await createHostilePopulation(preparation.wms, TASKFORCES);
  clients = await HostileClients.start();
  await startWeb();
});

async function startWeb(): Promise<void> {
  web = new ServiceProcess("web", { REDIS_URL: redisUrl, CLUSTER_LOCATIONS, LOG_LEVEL: "warn" }, (kill) => {
    killWeb = kill;
  });
  url = await web.waitForUrl();
  innocentClient = new TimedHttpClient(url, 4);
}

// A request that has ended or blocked the process fails its own test only.
afterEach(async ({ task }) => {
  if (task.result?.state === "pass") return;
  await clients.stop();
  innocentClient.close();
  await killWeb();
  await startWeb();
});

afterAll(async () => {
  clients.close();
  innocentClient.close();
  await killWeb();
  await preparation.close();
});

const SHORT_BATTERY = HOSTILE_REQUESTS.filter(({ isInShortBattery }) => isInShortBattery);

for (const request of SHORT_BATTERY)
  test(`a process survives: ${request.name}`, async () => {
    await clients.prepare(request, population.targets);
    resetPeakResident(web.pid);
    const stream = new RequestStream(url, smallRequests(population), REQUEST_INTERVAL_MS);
    stream.start();
    await clients.start(url, 3).finished;
    const { answers } = clients;
    await stream.stop();
    const { latenciesMs, failures } = stream.drain();
    const unexpected = answers.filter(({ status }) => !request.allowedStatuses.includes(Number(status)));
    expect(unexpected).toEqual([]);
    expect(answers.length).toBeGreaterThan(0);
    for (const { status, error } of answers)
      if (status === 400) expect(error, "a rejection names the place").toMatch(/"error":"[^"\s]+: \S/);
    expect(failures).toEqual([]);
    expect(latenciesMs.length).toBeGreaterThan(0);

    // The clients go away in the middle of their next requests.
    clients.start(url, request.maxRequests);
    for (const small of smallRequests(population)) await small(innocentClient);
    await clients.stop();
    expect(await waitUntilIdle(web.pid, IDLE_TIMEOUT_MS)).toBeTypeOf("number");
    expect(peakResidentBytes(web.pid)).toBeLessThan(MAX_RESIDENT_BYTES);
    expect(web.hasEnded).toBe(false);
  });

/** All pages of a query. */
async function findAll(query: object): Promise<Taskforce[]> {
  const found: Taskforce[] = [];
  let after: string | null = null;
  do {
    const body: object = { query, ...(after !== null && { after }) };
    const { text } = await innocentClient.callExpectingSuccess("POST", "/v1/query/taskforces", body);
    const page = JSON.parse(text) as { taskforces: Taskforce[]; next_after: string | null };
    found.push(...page.taskforces);
    after = page.next_after;
  } while (after !== null);
  return found;
}

const uuidsOf = (taskforces: readonly Taskforce[]): string[] =>
  taskforces.map(({ taskforce_uuid }) => taskforce_uuid).sort();

test("afterwards, the pages of a query hold every match exactly once", async () => {
  const keys = await preparation.redis.keys("wms:*:taskforce:*");
  const stored = keys.flatMap((key) => /^wms:\{\d+\}:taskforce:(.+)$/.exec(key)?.[1] ?? []);
  const all = await findAll({});
  expect(uuidsOf(all)).toEqual(stored.map((member) => `TF-${member}`).sort());
  const failed = all.filter(({ phase_change_log }) => phase_change_log.some((entry) => !entry.was_successful));
  expect(failed.length).toBeGreaterThan(0);
  expect(uuidsOf(await findAll({ "phase_change_log.was_successful": false }))).toEqual(uuidsOf(failed));
});
