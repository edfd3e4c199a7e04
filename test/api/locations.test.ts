import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { LocationState } from "../../src/domain/clusters.js";
import type { Diagnosis } from "../../src/domain/diagnosis.js";
import { LAST_POLLS_KEY } from "../../src/store/keys.js";
import { listLocations } from "../../src/views/schedds/listLocations.js";
import { countCommands } from "../implementation/countCommands.js";
import { openTestWms } from "../lifecycle/openTestWms.js";
import { freshStore } from "../setup/freshStore.js";
import { openRedis } from "../setup/testRedis.js";
import { type ApiFixture, startApiFixture } from "./apiFixture.js";
import { makeTaskRequest, makeWorkflowRequest } from "./requestBodies.js";

const CLUSTERS = {
  osg: { schedd: "grid" },
  OSG: { alias_of: "osg" },
  "sub-2": { alias_of: "osg" },
  alpha: { schedd: "SCHEDD1" },
  beta: { schedd: "SCHEDD2" },
};

let fixture: ApiFixture;
beforeAll(async () => {
  fixture = await startApiFixture({ CLUSTER_LOCATIONS: JSON.stringify(CLUSTERS) });
});
afterAll(() => fixture.close());

async function listed(): Promise<LocationState[]> {
  const { status, body } = await fixture.client.get<{ locations: LocationState[] }>("/v1/locations");
  expect(status).toBe(200);
  return body.locations;
}

const stateOf = async (location: string): Promise<LocationState | undefined> =>
  (await listed()).find((each) => each.location === location);

describe("GET /v1/locations", () => {
  it("lists each location and alias by name, with its access point", async () => {
    const unpolled = { last_poll: null, is_polling: false };
    expect(await listed()).toEqual([
      { location: "OSG", alias_of: "osg", schedd: "grid", ...unpolled },
      { location: "alpha", alias_of: null, schedd: "SCHEDD1", ...unpolled },
      { location: "beta", alias_of: null, schedd: "SCHEDD2", ...unpolled },
      { location: "osg", alias_of: null, schedd: "grid", ...unpolled },
      { location: "sub-2", alias_of: "osg", schedd: "grid", ...unpolled },
    ]);
  });

  it("shows the last poll of the access point at all its names", async () => {
    const before = Date.now() / 1000;
    await fixture.client.get("/v1/tms/pending-starter/taskforces?schedd=grid");
    const polled = (await listed()).filter(({ is_polling }) => is_polling);
    expect(polled.map(({ location }) => location)).toEqual(["OSG", "osg", "sub-2"]);
    const [{ last_poll }] = polled as [LocationState];
    expect(last_poll).toBeGreaterThanOrEqual(before);
    expect(last_poll).toBeLessThanOrEqual(Date.now() / 1000);
    expect(polled.every((each) => each.last_poll === last_poll)).toBe(true);
  });

  it.each([
    ["alpha", 290, true],
    ["beta", 300, false],
  ])("agrees with the diagnosis: %s, polled %d s ago", async (location, secondsAgo, isPolling) => {
    const { schedd } = (await stateOf(location)) ?? { schedd: "" };
    await fixture.createPendingTaskforce({ location, schedd });
    const redis = openRedis(fixture.service.redisUrl);
    onTestFinished(() => redis.disconnect());
    await redis.zadd(LAST_POLLS_KEY, Date.now() / 1000 - secondsAgo, schedd);
    expect(await stateOf(location)).toMatchObject({ is_polling: isPolling, last_poll: expect.any(Number) });
    const { body } = await fixture.client.get<Diagnosis>(`/v1/schedds/${schedd}/diagnosis`);
    expect(body.findings.map(({ code }) => code)).toEqual(isPolling ? [] : ["schedd-silent"]);
  });

  it("sends one command to Redis, whatever the number of locations", async () => {
    const { wms } = await openTestWms(1);
    // A client of its own: the queues of the context send commands, too.
    const { redis, store } = await freshStore(1);
    const clusters = Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`pool-${n}`, { schedd: `ap-${n}` }]));
    const count = countCommands(redis);
    expect(await listLocations({ ...wms, store, settings: { ...wms.settings, clusters } })).toHaveLength(200);
    expect(count()).toBe(1);
  });
});

describe("the error for an unknown cluster location", () => {
  const VALID = "valid: OSG, alpha, beta, osg, sub-2";

  it("names the valid ones, at a creation and at add-workers", async () => {
    const tasks = [makeTaskRequest("osg"), makeTaskRequest("osg", { cluster_locations: ["osg", "nowhere"] })];
    const created = await fixture.client.post("/v1/workflows", makeWorkflowRequest(tasks));
    const error = `tasks[1].cluster_locations[1]: condor cluster location not found: nowhere; ${VALID}`;
    expect(created).toMatchObject({ status: 400, reason: error, body: { error } });

    const { task_directives } = await fixture.createWorkflow({ location: "osg", schedd: "grid" });
    const added = await fixture.client.post(`/v1/task-directives/${task_directives[0]?.task_id}/actions/add-workers`, {
      cluster_location: "__proto__",
      n_workers: 1,
    });
    const reason = `cluster_location: condor cluster location not found: __proto__; ${VALID}`;
    expect(added).toMatchObject({ status: 400, reason });
  });
});
