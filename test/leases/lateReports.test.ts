import { afterAll, beforeAll, expect, test } from "vitest";
import { type ApiFixture, startApiFixture } from "../api/apiFixture.js";
import { submitReport } from "../api/requestBodies.js";
import { IdentityProvider } from "../auth/identityProvider.js";
import { waitForValue } from "../setup/waitFor.js";

let idp: IdentityProvider;
let fixture: ApiFixture;
/** The headers of two task management services. */
let first: { authorization: string };
let second: { authorization: string };
beforeAll(async () => {
  idp = await IdentityProvider.start();
  const tokenOf = (sub: string, ...ewms_role: string[]) => idp.signToken({ sub, ewms_role });
  const headersOf = async (sub: string) => ({ authorization: `Bearer ${await tokenOf(sub, "system-tms")}` });
  [first, second] = [await headersOf("first"), await headersOf("second")];
  fixture = await startApiFixture(
    { AUTH_OPENID_URL: idp.issuer, AUTH_AUDIENCE: "ewms-wms", TMS_RETRY_WAIT: "0", TMS_LEASE_SECONDS: "1" },
    await tokenOf("both", "user", "system-tms"),
  );
});
afterAll(async () => {
  await fixture.close();
  await idp.stop();
});

/** Polls as a TMS until it gets a taskforce. */
const lease = (schedd: string, headers: object, queue = "starter") =>
  waitForValue(
    "a taskforce is handed out",
    async () => {
      const path = `/v1/tms/pending-${queue}/taskforces?schedd=${schedd}`;
      return (await fixture.client.request("GET", path, { headers: { ...headers } })).body;
    },
    (body) => Object.keys(body).length > 0,
  );

const fail = (action: "submit" | "rm", uuid: string, headers: object) =>
  fixture.client.request("POST", `/v1/tms/condor-${action}/taskforces/${uuid}/failed`, {
    body: { error: "late" },
    headers: { ...headers },
  });

const failuresOf = async (uuid: string): Promise<number> =>
  (await fixture.readTaskforce(uuid)).phase_change_log.filter(({ was_successful }) => !was_successful).length;

test("the late report of a failure by another caller ends no lease, and counts nothing", async () => {
  const place = fixture.nextLocation();
  const { taskforce_uuid: uuid } = await fixture.createPendingTaskforce(place);
  await lease(place.schedd, first);
  // The lease of the first has expired.
  await lease(place.schedd, second);
  const { body: before } = await fixture.client.get(`/v1/schedds/${place.schedd}`);
  expect((await fail("submit", uuid, first)).status).toBe(200);
  expect((await fixture.client.get(`/v1/schedds/${place.schedd}`)).body.starter.leased).toEqual(before.starter.leased);
  // It is in the log, but the failure under the lease is the first one that counts.
  expect(await failuresOf(uuid)).toBe(1);
  expect((await fail("submit", uuid, second)).status).toBe(200);
  await lease(place.schedd, second);
  expect((await fail("submit", uuid, second)).status).toBe(200);
  await lease(place.schedd, second);
});

test("a submission ends the lease of any caller", async () => {
  const place = fixture.nextLocation();
  const { taskforce_uuid: uuid } = await fixture.createPendingTaskforce(place);
  await lease(place.schedd, first);
  await lease(place.schedd, second);
  const path = `/v1/tms/condor-submit/taskforces/${uuid}`;
  const { status } = await fixture.client.request("POST", path, { body: submitReport(), headers: { ...first } });
  expect(status).toBe(200);
  const { body } = await fixture.client.get(`/v1/schedds/${place.schedd}`);
  expect(body.starter).toMatchObject({ leased: 0, next: [] });
});

test("the same holds for removals", async () => {
  const place = fixture.nextLocation();
  const { taskforce_uuid: uuid } = await fixture.createTaskforceInPhase("pending-stopper", place);
  await lease(place.schedd, first, "stopper");
  await lease(place.schedd, second, "stopper");
  expect((await fail("rm", uuid, first)).status).toBe(200);
  const { body } = await fixture.client.get(`/v1/schedds/${place.schedd}`);
  expect(body.stopper.leased).toBe(1);
});
