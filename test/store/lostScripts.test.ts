import { expect, onTestFinished, test } from "vitest";
import { createWholeWorkflow } from "../../src/store/creation.js";
import { encodeLogEntry } from "../../src/store/records.js";
import { openStore } from "../../src/store/store.js";
import { startOwnRedis } from "../setup/ownRedis.js";
import { openRedis } from "../setup/testRedis.js";
import { advance, advanceMany } from "./advance.js";
import { makeWholeWorkflow } from "./wholeWorkflow.js";

const ENTRY = encodeLogEntry({
  target_phase: "pre-launch",
  timestamp: 1_700_000_000,
  was_successful: true,
  source_event_time: null,
  source_entity: "Workflow MQ Activator",
  context: "",
});

test("a script that Redis lost is sent again", async () => {
  // All databases of a server share their scripts, and other tests count commands.
  const redis = openRedis((await startOwnRedis()).url);
  onTestFinished(() => redis.disconnect());
  const store = await openStore(redis, { partitions: 1 });
  const whole = makeWholeWorkflow(1);
  await createWholeWorkflow(store, whole, 0);
  const uuids = whole.taskforces.map(({ taskforce_uuid }) => taskforce_uuid);
  const [uuid] = uuids;
  if (uuid === undefined) throw new Error("no taskforce");
  await redis.script("FLUSH");
  expect(await advance(store.transitions, uuid, "pre-mq-activation", "pre-launch", ENTRY)).toBe(true);
  await redis.script("FLUSH");
  expect(await advanceMany(store.transitions, uuids, "pre-launch", "pending-starter", ENTRY)).toEqual(uuids);
});
