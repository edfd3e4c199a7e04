import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSimulatedTms } from "../../scripts/tms/simulatedTms.js";
import type { TmsAction } from "../../scripts/tms/tmsActions.js";
import { Queues } from "../../src/queues/queues.js";
import { jobIds } from "../queues/jobIds.js";
import { ServiceScenario, shortLog } from "../scenarios/serviceScenario.js";
import { freshDatabase } from "../setup/database.js";
import { openRedis } from "../setup/testRedis.js";
import { waitForValue, waitUntil } from "../setup/waitFor.js";
import { CLUSTER_LOCATIONS, createTaskforces, findTaskforces, TEST_SCHEDDS } from "./manyTaskforces.js";
import { ServiceProcess } from "./serviceProcess.js";

/** Of each schedd at each web process: 64 in all. */
const POLLERS_PER_SCHEDD = 8;
/** Milliseconds for everything to end well: what a killed worker was at is taken over after some 20 s. */
const TEST_TIMEOUT_MS = 90_000;
/** Milliseconds between two looks for something to submit. */
const POLL_INTERVAL_MS = 500;

/** A web process, and the requests that were sent to it so far. */
interface WebProcess {
  process: ServiceProcess;
  url: string;
  isAlive: boolean;
  requests: number;
}

const closings: (() => Promise<void>)[] = [];
let webs: [WebProcess, WebProcess];
let workers: [ServiceProcess, ServiceProcess];
let users: ServiceScenario[];
let queues: Queues;

beforeAll(async () => {
  const REDIS_URL = await freshDatabase();
  const redis = openRedis(REDIS_URL);
  queues = new Queues({ redis, leaseSeconds: 15, schedds: TEST_SCHEDDS });
  closings.push(async () => {
    await queues.close();
    redis.disconnect();
  });
  const settings = {
    REDIS_URL,
    CLUSTER_LOCATIONS,
    TMS_LEASE_SECONDS: "15",
    LOG_LEVEL: "warn",
  };
  const start = (program: "web" | "worker") =>
    new ServiceProcess(program, settings, (kill) => void closings.push(kill));
  const startWeb = async (): Promise<WebProcess> => {
    const process = start("web");
    return { process, url: await process.waitForUrl(), isAlive: true, requests: 0 };
  };
  webs = await Promise.all([startWeb(), startWeb()]);
  workers = [start("worker"), start("worker")];
  for (const worker of workers) await worker.waitForOutput(/WMS worker runs/);
  users = webs.map(({ url }) => new ServiceScenario({ url, close: async () => undefined }));
});
afterAll(() => Promise.all(closings.map((close) => close())));

/** Sends polls to one web process and reports to the other, as long as both live. */
const splitFetch =
  (polls: WebProcess, reports: WebProcess): typeof fetch =>
  (input, init) => {
    const [wanted, other] = init?.method === "POST" ? [reports, polls] : [polls, reports];
    const web = wanted.isAlive ? wanted : other;
    web.requests++;
    const { pathname, search } = new URL(String(input));
    return fetch(`${web.url}${pathname}${search}`, init);
  };

/** Has a TMS for each schedd at each web process submit what waits. @returns what they did */
function startTmses(onSubmit: (submitted: number) => void = () => undefined) {
  const taken: string[] = [];
  const submitted: string[] = [];
  const troubles: TmsAction[] = [];
  const onAction = (action: TmsAction) => {
    if (action.kind === "took-starter") taken.push(action.uuid);
    else if (action.kind !== "submitted") troubles.push(action);
    else onSubmit(submitted.push(action.uuid));
  };
  const [first, second] = webs;
  const tmses = [splitFetch(first, second), splitFetch(second, first)].flatMap((send) =>
    TEST_SCHEDDS.map((schedd) =>
      createSimulatedTms({
        url: "http://wms",
        schedd,
        concurrency: POLLERS_PER_SCHEDD,
        onAction,
        fetch: send,
      }),
    ),
  );
  return {
    taken,
    submitted,
    troubles,
    drain: () => Promise.all(tmses.map((tms) => tms.drainStarters())),
  };
}

/** Waits until no more than so many taskforces have still to be launched. */
async function waitUntilLaunched(remaining: number): Promise<void> {
  const [user] = users as [ServiceScenario];
  await waitForValue(
    "taskforces may be handed out",
    () => findTaskforces(user, { phase: { $in: ["pre-mq-activation", "pre-launch"] } }, ["phase"]),
    (others) => others.length <= remaining,
    TEST_TIMEOUT_MS,
  );
}

/** Taskforces that wait for their start or are leased. */
async function readQueuedUuids(): Promise<string[]> {
  const ids = await Promise.all(TEST_SCHEDDS.map((schedd) => jobIds(queues.forSchedd(schedd).starter)));
  return ids.flatMap(({ live }) => [...live]);
}

/** Kills a web process in the middle of what it does: when requests wait that it will never answer. */
async function killWeb(web: WebProcess): Promise<void> {
  web.process.signal("SIGSTOP");
  const before = web.requests;
  await waitUntil("requests wait for the web process", () => web.requests >= before + POLLERS_PER_SCHEDD);
  web.isAlive = false;
  web.process.signal("SIGKILL");
}

describe("two web and two worker processes on one Redis", () => {
  it("hand each taskforce out exactly once to 64 pollers, whichever process takes a poll or report", async () => {
    const created = await createTaskforces(users, 12);
    await waitUntilLaunched(0);
    const { taken, submitted, troubles, drain } = startTmses();

    await drain();

    expect(troubles).toEqual([]);
    expect(taken.sort()).toEqual(created.sort());
    expect(submitted.sort()).toEqual(created);
    expect(await readQueuedUuids()).toEqual([]);
  }, 120_000);

  it("lose nothing and submit nothing twice when a worker and a web process are killed", async () => {
    const created = await createTaskforces(users, 8);
    workers[0].signal("SIGKILL");
    await waitUntilLaunched(created.length / 2);
    let killed: Promise<void> | undefined;
    const { submitted, troubles, drain } = startTmses((count) => {
      if (count === 50) killed = killWeb(webs[1]);
    });

    const deadline = Date.now() + TEST_TIMEOUT_MS;
    while (submitted.length < created.length && Date.now() < deadline) {
      await drain();
      await wait(POLL_INTERVAL_MS);
    }
    await killed;

    expect(submitted.sort()).toEqual(created.sort());
    expect(new Set(troubles.map(({ kind }) => kind))).toEqual(new Set(["retrying"]));
    // A lease whose end was cut off runs out, and is dropped.
    await waitForValue("no lease is left", readQueuedUuids, (ids) => ids.length === 0, TEST_TIMEOUT_MS);
    const [user] = users as [ServiceScenario];
    const found = await findTaskforces(user, { taskforce_uuid: { $in: created } }, ["phase", "phase_change_log"]);
    expect(found).toHaveLength(created.length);
    for (const taskforce of found)
      expect(shortLog(taskforce)).toEqual([
        "pre-mq-activation by USER",
        "pre-launch by Workflow MQ Activator",
        "pending-starter by Taskforce Launch Control",
        "condor-submit by TMS",
      ]);
  }, 120_000);
});
