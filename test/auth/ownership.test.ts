import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ApiFixture, startApiFixture } from "../api/apiFixture.js";
import { makeTaskRequest, makeWorkflowRequest } from "../api/requestBodies.js";
import { IdentityProvider } from "./identityProvider.js";

/** The claims of some people, beside their subject. */
const PEOPLE = {
  ada: { ewms_role: "user", name: "Ada Lovelace", groups: ["/ice/reco", "/tokens/others"] },
  ben: { ewms_role: "user", preferred_username: "ben", groups: ["/ice/reco"] },
  cora: { ewms_role: "user", groups: ["/ice/sim", "/tokens/others"] },
  olga: { ewms_role: "operator" },
  tms: { ewms_role: "system-tms" },
} as const;
type Person = keyof typeof PEOPLE;

describe.each(["enforced", "off"] as const)("with OWNERSHIP=%s", (OWNERSHIP) => {
  let provider: IdentityProvider;
  let fixture: ApiFixture;
  const tokens = new Map<Person, string>();
  beforeAll(async () => {
    provider = await IdentityProvider.start();
    for (const [sub, claims] of Object.entries(PEOPLE))
      tokens.set(sub as Person, await provider.signToken({ sub, ...claims }));
    const settings = { AUTH_OPENID_URL: provider.issuer, OWNERSHIP, OWNERSHIP_GROUPS: "groups=/ice/.*" };
    fixture = await startApiFixture(settings, tokens.get("ada"));
  });
  afterAll(async () => {
    await fixture.close();
    await provider.stop();
  });

  const send = (person: Person, method: string, path: string, body?: object) =>
    fixture.client.request(method, path, { body, headers: { authorization: `Bearer ${tokens.get(person)}` } });
  const create = async (person: Person) => {
    const place = fixture.nextLocation();
    const { body } = await send(
      person,
      "POST",
      "/v1/workflows",
      makeWorkflowRequest([makeTaskRequest(place.location)]),
    );
    return { id: body.workflow.workflow_id as string, task: body.task_directives[0].task_id as string, place };
  };
  const expected = (status: number) => (OWNERSHIP === "enforced" ? status : 200);

  test("the creator is recorded", async () => {
    const { id } = await create("ada");
    const { body } = await send("cora", "GET", `/v1/workflows/${id}/annotations`);
    expect(body.owner).toEqual({ subject: "ada", name: "Ada Lovelace" });
    const { body: other } = await send("ada", "GET", `/v1/workflows/${(await create("ben")).id}/annotations`);
    expect(other.owner).toEqual({ subject: "ben", name: "ben" });
  });

  test.each<[Person, string, number]>([
    ["ada", "the owner", 200],
    ["ben", "a member of the owner's group", 200],
    ["olga", "an operator", 200],
    ["cora", "a user of another group", expected(403)],
  ])("%s, %s", async (person, _, status) => {
    const { id, task, place } = await create("ada");
    const requests = [
      send(person, "PUT", `/v1/workflows/${id}/annotations`, { name: "mine" }),
      send(person, "POST", `/v1/task-directives/${task}/actions/add-workers`, {
        cluster_location: place.location,
        n_workers: 1,
      }),
    ];
    for (const response of await Promise.all(requests))
      expect([response.status, response.reason]).toEqual(outcome(id, status));
    const ended = await send(person, "POST", `/v1/workflows/${id}/actions/finished`);
    expect([ended.status, ended.reason]).toEqual(outcome(id, status));
    const { body } = await send("ada", "GET", `/v1/workflows/${id}`);
    expect(body.deactivated).toBe(status === 200 ? "FINISHED" : null);
    const aborted = await create("ada");
    const response = await send(person, "POST", `/v1/workflows/${aborted.id}/actions/abort`);
    expect([response.status, response.reason]).toEqual(outcome(aborted.id, status));
  });

  const outcome = (id: string, status: number) =>
    status === 200
      ? [200, "OK"]
      : [
          403,
          `${id} belongs to Ada Lovelace: only its owner, a member of the owner's groups, or an operator may change it`,
        ];

  test("a TMS may add workers", async () => {
    const { task, place } = await create("ada");
    const body = { cluster_location: place.location, n_workers: 1 };
    expect((await send("tms", "POST", `/v1/task-directives/${task}/actions/add-workers`, body)).status).toBe(200);
  });

  test("an unknown workflow is a 404 for everyone", async () => {
    for (const person of ["ada", "cora"] as const)
      expect((await send(person, "POST", "/v1/workflows/WF-1-00000000/actions/abort")).status).toBe(404);
  });
});

test("ownership needs authentication", async () => {
  await expect(startApiFixture({ OWNERSHIP: "enforced" })).rejects.toThrow(
    "OWNERSHIP: cannot be enforced while authentication is off; set AUTH_OPENID_URL",
  );
});
