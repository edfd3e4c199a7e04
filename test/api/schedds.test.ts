import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import type { ScheddState } from "../../src/domain/schedd.js";
import { waitForValue } from "../setup/waitFor.js";
import { type ApiFixture, type ScheddLocation, type ScheddResponse, startApiFixture } from "./apiFixture.js";
import { makeTaskRequest, makeWorkflowRequest, submitReport } from "./requestBodies.js";

let fixture: ApiFixture;
beforeAll(async () => {
  fixture = await startApiFixture({ TMS_RETRY_WAIT: "600", TMS_ACTION_RETRIES: "0" });
});
afterAll(() => fixture.close());

async function scheddOf({ schedd }: ScheddLocation, of = fixture): Promise<ScheddResponse> {
  const { status, body } = await of.client.get<ScheddResponse>(`/v1/schedds/${schedd}`);
  expect(status).toBe(200);
  return body;
}

async function inList({ schedd }: ScheddLocation): Promise<ScheddState | undefined> {
  const { status, body } = await fixture.client.get<{ schedds: ScheddState[] }>("/v1/schedds");
  expect(status).toBe(200);
  return body.schedds.find((each) => each.schedd === schedd);
}

const post = async (path: string, body?: unknown): Promise<void> => {
  expect((await fixture.client.post(path, body)).status).toBe(200);
};

const pollQueue = ({ schedd }: ScheddLocation, queue: "starter" | "stopper" = "starter", of = fixture) =>
  of.client.get(`/v1/tms/pending-${queue}/taskforces?schedd=${schedd}`);

/**
 * Creates taskforces and waits until they are in a schedd's starter queue.
 *
 * @returns their uuids in the order of creation
 */
async function createPending(place: ScheddLocation, count: number, priority = 50): Promise<string[]> {
  const tasks = Array.from({ length: count }, (_, n) => makeTaskRequest(place.location, { task_args: `part ${n}` }));
  const { body } = await fixture.client.post("/v1/workflows", makeWorkflowRequest(tasks, { priority }));
  const uuids: string[] = body.taskforces.map((each: { taskforce_uuid: string }) => each.taskforce_uuid);
  for (const uuid of uuids)
    await waitForValue(
      "pending-starter",
      () => fixture.readTaskforce(uuid),
      ({ phase }) => phase === "pending-starter",
    );
  await waitForValue(
    "all are queued",
    () => scheddOf(place),
    ({ starter, taskforces_by_phase }) =>
      starter.waiting + starter.leased + starter.delayed + starter.dead === taskforces_by_phase["pending-starter"],
  );
  return uuids;
}

const EMPTY = { waiting: 0, leased: 0, delayed: 0, dead: 0, oldest_waiting_seconds: 0 };
const NOTHING = { dead_letters: [], leases: [], next: [] };

test("GET /v1/schedds names polled schedds that are not known", async () => {
  expect((await fixture.client.get("/v1/tms/pending-starter/taskforces?schedd=misspelled")).body).toEqual({});
  const { body } = await fixture.client.get("/v1/schedds");
  const unknown = { schedd: "misspelled", first_poll: expect.any(Number), last_poll: expect.any(Number) };
  expect(body.unknown_polls).toEqual([unknown]);
});

describe("GET /v1/schedds/{schedd}", () => {
  it("shows an access point without taskforces and polls", async () => {
    const place = fixture.nextLocation();
    const nothing = { schedd: place.schedd, last_poll: null, taskforces_by_phase: {} };
    const queue = { ...EMPTY, ...NOTHING };
    expect(await scheddOf(place)).toEqual({ ...nothing, starter: queue, stopper: queue, stray_clusters: [] });
    expect(await inList(place)).toEqual({ ...nothing, starter: EMPTY, stopper: EMPTY });
  });

  it("counts its taskforces: next, leased, dead, to be stopped", async () => {
    const place = fixture.nextLocation();
    const before = Date.now() / 1000;
    const late = await createPending(place, 3, 10);
    const [first = "", second = ""] = await createPending(place, 2, 90);
    expect((await scheddOf(place)).starter).toMatchObject({
      ...EMPTY,
      waiting: 5,
      oldest_waiting_seconds: expect.any(Number),
      next: [first, second, ...(await scheddOf(place)).starter.next.slice(2)],
    });
    expect((await scheddOf(place)).starter.next.slice(2).sort()).toEqual([...late].sort());

    await pollQueue(place);
    await post(`/v1/tms/condor-submit/taskforces/${first}/failed`, { error: "no space" });
    await pollQueue(place);
    await post(`/v1/tms/condor-submit/taskforces/${second}`, submitReport());
    await post(`/v1/workflows/${(await fixture.readTaskforce(second)).workflow_id}/actions/abort`);
    const { body } = await pollQueue(place);
    const leased = body.taskforce.taskforce_uuid;

    const schedd = await scheddOf(place);
    expect(schedd.taskforces_by_phase).toEqual({ "pending-starter": 3, "pending-stopper": 2 });
    expect(schedd.starter).toMatchObject({ waiting: 2, leased: 1, delayed: 0 });
    expect(schedd.starter.oldest_waiting_seconds).toBeLessThan(Date.now() / 1000 - before);
    expect(schedd.starter.oldest_waiting_seconds).toBeGreaterThan(0);
    expect(schedd.starter.leases).toEqual([{ taskforce_uuid: leased, since: expect.any(Number) }]);
    expect(schedd.starter.leases[0]?.since).toBeGreaterThan(before);
    expect(schedd.starter.next).toHaveLength(2);
    expect(schedd.stopper).toMatchObject({ waiting: 1, next: [second] });
    const { dead_letters: _, leases: __, next: ___, ...inShort } = schedd.stopper;
    expect(await inList(place)).toMatchObject({
      taskforces_by_phase: schedd.taskforces_by_phase,
      stopper: { ...inShort, oldest_waiting_seconds: expect.any(Number) },
    });
  });

  it("lists dead letters with their reasons, the newest first", async () => {
    const place = fixture.nextLocation();
    await createPending(place, 3);
    const dead: { taskforce_uuid: string; reason: string }[] = [];
    for (const reason of ["first", "second", "third"]) {
      const taskforce_uuid = (await pollQueue(place)).body.taskforce.taskforce_uuid;
      await post(`/v1/tms/condor-submit/taskforces/${taskforce_uuid}/failed`, { error: reason });
      dead.unshift({ taskforce_uuid, reason });
    }
    const { starter, taskforces_by_phase } = await scheddOf(place);
    expect(taskforces_by_phase).toEqual({ "pending-starter": 3 });
    expect(starter).toMatchObject({ ...EMPTY, dead: 3, dead_letters: dead, next: [] });
    for (const { timestamp } of starter.dead_letters) expect(Math.abs(Date.now() / 1000 - timestamp)).toBeLessThan(600);
  });

  it("limits the entries of a long queue, in the order of hand-out", async () => {
    const place = fixture.nextLocation();
    await createPending(place, 75);
    const next: string[] = [];
    for (let n = 0; n < 51; n++) {
      const [first = ""] = (await scheddOf(place)).starter.next;
      const { body } = await pollQueue(place);
      expect(body.taskforce.taskforce_uuid).toBe(first);
      next.push(first);
    }
    const { starter } = await scheddOf(place);
    expect(starter).toMatchObject({ waiting: 24, leased: 51 });
    expect(starter.next).toHaveLength(20);
    expect(starter.leases.map(({ taskforce_uuid }) => taskforce_uuid)).toEqual(next.slice(0, 50));
  });

  it.each(["nowhere", "a%2Fb%20c", "__proto__"])("is a 404 for %s, and nothing is created for it", async (name) => {
    expect(await fixture.client.get(`/v1/schedds/${name}`)).toMatchObject({
      status: 404,
      body: { error: `no schedd found with name: ${decodeURIComponent(name)}` },
    });
    await fixture.client.get(`/v1/tms/pending-starter/taskforces?schedd=${name}`);
    expect((await fixture.client.get(`/v1/schedds/${name}`)).status).toBe(404);
  });
});

describe("last_poll is the time of the last poll of a TMS", () => {
  it.each(["starter", "stopper"] as const)("by pending-%s", async (queue) => {
    const place = fixture.nextLocation();
    const before = Date.now() / 1000;
    await pollQueue(place, queue);
    const { last_poll } = await scheddOf(place);
    expect(last_poll).toBeGreaterThanOrEqual(before);
    expect(last_poll).toBeLessThanOrEqual(Date.now() / 1000);
    expect((await inList(place))?.last_poll).toBe(last_poll);
  });

  it("also in other processes, and after the polled process has ended", async () => {
    const place = fixture.nextLocation();
    const other = await startApiFixture({ REDIS_URL: fixture.service.redisUrl });
    try {
      const before = Date.now() / 1000;
      await pollQueue(place, "starter", other);
      await waitForValue(
        "the poll is visible here",
        () => scheddOf(place),
        ({ last_poll }) => (last_poll ?? 0) >= before,
      );
      const { last_poll } = await scheddOf(place, other);
      await pollQueue(place);
      const later = (await scheddOf(place)).last_poll ?? 0;
      expect(later).toBeGreaterThan(last_poll ?? Number.POSITIVE_INFINITY);
      await waitForValue(
        "the poll is visible there",
        () => scheddOf(place, other),
        (there) => there.last_poll === later,
      );
    } finally {
      await other.close();
    }
    expect((await scheddOf(place)).last_poll).not.toBe(null);
  });
});

describe("GET /v1/schedds", () => {
  it("lists every access point once, by name", async () => {
    const { body } = await fixture.client.get<{ schedds: ScheddState[] }>("/v1/schedds");
    const names = body.schedds.map(({ schedd }) => schedd);
    expect(names).toHaveLength(100);
    expect(names).toEqual([...new Set(names)].sort());
  });
});
