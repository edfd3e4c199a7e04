import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { newWorkflowId, type WorkflowId } from "../../src/domain/ids.js";
import { embeddedProfileSchema } from "../../src/domain/mqProfile.js";
import { WmsError } from "../../src/domain/wmsError.js";
import { createEmbeddedMqs, type EmbeddedMqs } from "../../src/mqs/embeddedMqs.js";
import type { RedisClient } from "../../src/redis/redisClient.js";
import { freshDatabase } from "../setup/database.js";
import { findKeys, openRedis } from "../setup/testRedis.js";

const broker = { type: "rabbitmq", address: "broker.example.org:5672", authToken: "let-me-in" };
const OPEN = {
  is_activated: true,
  auth_token: "let-me-in",
  broker_type: "rabbitmq",
  broker_address: "broker.example.org:5672",
};
const CLOSED = { is_activated: false, auth_token: null, broker_type: null, broker_address: null };
const HOSTILE = ["__proto__", "constructor", "", " ", "two words", "a}b{c:*", "line\nline", "ü☃🧊", "\ud800"];

let url: string;
let redis: RedisClient;
let mqs: EmbeddedMqs;
let workflow: WorkflowId;

beforeAll(async () => {
  url = await freshDatabase();
  redis = openRedis(url);
  mqs = createEmbeddedMqs({ redis, broker });
});
afterAll(() => redis.disconnect());
beforeEach(() => {
  workflow = newWorkflowId(Date.now() / 1000);
});

const refusal = { name: WmsError.name, kind: "upstream-refused" };

describe("reservation", () => {
  test("reserves one closed queue for each alias, in the order of the aliases", async () => {
    const before = Date.now() / 1000 - 1;
    const profiles = await mqs.reserve(workflow, ["out", "in"], ["in"]);

    expect(profiles).toEqual([
      expect.objectContaining({ ...CLOSED, workflow_id: workflow, alias: "out", is_public: false }),
      expect.objectContaining({ ...CLOSED, workflow_id: workflow, alias: "in", is_public: true }),
    ]);
    for (const profile of profiles) {
      expect(Object.keys(profile).sort()).toEqual(Object.keys(embeddedProfileSchema.shape).sort());
      expect(profile.mqid.startsWith(`MQ-${workflow.slice(3)}-`)).toBe(true);
      expect(profile.timestamp).toBeGreaterThan(before);
      expect(profile.timestamp).toBeLessThan(Date.now() / 1000 + 1);
    }
    expect(new Set(profiles.map(({ mqid }) => mqid)).size).toBe(2);
  });

  test("returns the same queues again, also with other public aliases", async () => {
    const first = await mqs.reserve(workflow, ["in", "out"], ["in"]);
    expect(await mqs.reserve(workflow, ["in", "out"], ["out"])).toEqual(first);
    expect(await mqs.reserve(workflow, ["out"], [])).toEqual([first[1]]);
  });

  test("returns the same queues to 50 concurrent callers of several processes", async () => {
    const other = openRedis(url);
    const both = [mqs, createEmbeddedMqs({ redis: other, broker })];
    const aliases = ["a", "b", "c"];
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, (_, index) => both[index % 2]?.reserve(workflow, aliases, ["b"])),
    );
    expect(new Set(outcomes.map((profiles) => JSON.stringify(profiles))).size).toBe(1);
    expect(outcomes[0]?.map(({ alias }) => alias)).toEqual(aliases);
    other.disconnect();
  });

  test("reserves other queues for the same alias of another workflow", async () => {
    const [mine] = await mqs.reserve(workflow, ["in"], []);
    const [other] = await mqs.reserve(newWorkflowId(Date.now() / 1000), ["in"], []);
    expect(other?.mqid).not.toBe(mine?.mqid);
  });

  test("accepts aliases of any text", async () => {
    const profiles = await mqs.reserve(workflow, HOSTILE, HOSTILE);
    expect(profiles.map(({ alias }) => alias)).toEqual(HOSTILE);
    expect(new Set(profiles.map(({ mqid }) => mqid)).size).toBe(HOSTILE.length);
    for (const profile of profiles) expect(await mqs.profile(profile.mqid)).toEqual(profile);
  });

  test("without aliases returns no profile", async () => {
    expect(await mqs.reserve(workflow, [], [])).toEqual([]);
  });

  test("stores all keys of a workflow under one hash tag", async () => {
    await mqs.reserve(workflow, ["in"], []);
    await mqs.activate(workflow, 50);
    const keys = await findKeys(redis, `*${workflow}*`);
    expect(keys.length).toBeGreaterThan(0);
    expect(keys.filter((key) => !key.startsWith(`mqs:{${workflow}}:`))).toEqual([]);
  });
});

describe("activation", () => {
  test("opens every queue of the workflow at once", async () => {
    const reserved = await mqs.reserve(workflow, ["in", "out"], ["in"]);

    const profiles = await mqs.activate(workflow, 50);

    expect(profiles).toHaveLength(2);
    expect(profiles).toEqual(expect.arrayContaining(reserved.map((profile) => ({ ...profile, ...OPEN }))));
    for (const { mqid } of reserved) expect(await mqs.profile(mqid)).toMatchObject({ mqid, ...OPEN });
    expect(await mqs.reserve(workflow, ["in"], [])).toEqual([{ ...reserved[0], ...OPEN }]);
  });

  test("leaves other workflows closed", async () => {
    const other = newWorkflowId(Date.now() / 1000);
    const [closed] = await mqs.reserve(other, ["in"], []);
    await mqs.reserve(workflow, ["in"], []);
    await mqs.activate(workflow, 50);
    expect(await mqs.profile(closed?.mqid ?? "")).toMatchObject(CLOSED);
  });

  test("returns the same profiles again, also after a change of the settings", async () => {
    await mqs.reserve(workflow, ["in"], []);
    const first = await mqs.activate(workflow, 50);
    const moved = createEmbeddedMqs({ redis, broker: { ...broker, address: "elsewhere:5672" } });
    expect(await moved.activate(workflow, 60)).toEqual(first);
  });

  test("of a workflow without queues is refused", async () => {
    await expect(mqs.activate(workflow, 50)).rejects.toMatchObject(refusal);
  });
});

describe("a profile by its id", () => {
  test.each(["", "MQ-", "__proto__", "MQ-1-00000000-0000000000000000", "MQ-1-00000000", "../../x", "MQ-*"])(
    "is refused when nothing was reserved under %j",
    async (mqid) => {
      await expect(mqs.profile(mqid)).rejects.toMatchObject(refusal);
    },
  );
});

describe("public profiles", () => {
  test("are those of the request, oldest first, open or not", async () => {
    const aliases = Array.from({ length: 20 }, (_, index) => `queue ${index}`);
    const reserved = await mqs.reserve(workflow, aliases, aliases.slice(5));
    expect(await mqs.publicProfiles(workflow)).toEqual(reserved.slice(5));
    await mqs.activate(workflow, 50);
    expect(await mqs.publicProfiles(workflow)).toEqual(reserved.slice(5).map((profile) => ({ ...profile, ...OPEN })));
  });

  test("are an empty list when no alias is public", async () => {
    await mqs.reserve(workflow, ["in"], []);
    expect(await mqs.publicProfiles(workflow)).toEqual([]);
  });

  test("are unknown for an unknown workflow", async () => {
    for (const id of [workflow, "", "WF-1", "__proto__", "WF-*", "a}b"])
      expect(await mqs.publicProfiles(id)).toBeNull();
  });
});
