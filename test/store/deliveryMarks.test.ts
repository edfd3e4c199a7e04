import { beforeEach, expect, test } from "vitest";
import type { PlainRequest } from "../../src/domain/repeatableRequest.js";
import type { RedisClient } from "../../src/redis/redisClient.js";
import { createTaskforce, createWholeWorkflow } from "../../src/store/creation.js";
import type { DeliveryMark } from "../../src/store/deliveryMarks.js";
import { EffectRefusedError } from "../../src/store/effectGuard.js";
import { MAX_UNSTAGED_RECORDS } from "../../src/store/staging.js";
import { openStore, type Store } from "../../src/store/store.js";
import { freshStore } from "../setup/freshStore.js";
import { findKeys } from "../setup/testRedis.js";
import { waitUntil } from "../setup/waitFor.js";
import { makeWholeWorkflow } from "./wholeWorkflow.js";

const FACTS = { role: "web", version: "1", host: "here", pid: 1, started: 0 };
const NAME = "00ff";
const KEY = `wms:{0}:undelivered:${NAME}`;

let redis: RedisClient;
let store: Store;
/** The store of another process. */
let other: Store;
beforeEach(async () => {
  // One partition, because a random workflow id determines its partition.
  ({ redis, store } = await freshStore(1));
  other = await openStore(redis, { partitions: 1 });
});

/** Begins a request. @returns its mark, and the function that ends its response */
function begin(at: Store = store): { mark: DeliveryMark; end: (isDelivered: boolean) => void } {
  let end: (isDelivered: boolean) => void = () => undefined;
  const onEnd: PlainRequest["onEnd"] = (callback) => {
    end = callback;
  };
  const mark = at.deliveryMarks.begin({ kind: "plain", name: NAME, onEnd }, 0);
  return { mark, end: (isDelivered) => end(isDelivered) };
}

/** Creates a workflow. @returns its id; or what the mark refers to instead; or the open marks that it waits for */
async function create(mark: DeliveryMark, at: Store = store, tasks = 1): Promise<string | readonly string[]> {
  const whole = makeWholeWorkflow(tasks);
  try {
    await createWholeWorkflow(at, whole, 0, mark);
    return whole.workflow.workflow_id;
  } catch (error) {
    if (!(error instanceof EffectRefusedError)) throw error;
    return error.made === undefined ? error.openMarks : `again ${error.made}`;
  }
}

const marksAre = (...expected: string[]) =>
  waitUntil(`the marks are ${expected}`, async () => {
    const values = Object.values(await redis.hgetall(KEY));
    return JSON.stringify(values.toSorted()) === JSON.stringify(expected.toSorted());
  });

test("a lost response is that of one later equal request, and no other", async () => {
  const first = begin();
  const made = await create(first.mark);
  await marksAre(`open ${made}`);
  expect(await redis.ttl(KEY)).toBeGreaterThan(3500);
  first.end(false);
  await marksAre(`lost ${made}`);

  const [second, third] = [begin(), begin()];
  expect(await create(second.mark)).toBe(`again ${made}`);
  const another = await create(third.mark);
  expect(another).toMatch(/^WF-/);
  await marksAre(`open ${made}`, `open ${another}`);
  // The response was lost again.
  second.end(false);
  third.end(true);
  await marksAre(`lost ${made}`);
  const fourth = begin();
  expect(await create(fourth.mark)).toBe(`again ${made}`);
  fourth.end(true);
  await marksAre();
});

test("a delivered response leaves no mark, and equal requests side by side are different requests", async () => {
  const [first, second] = [begin(), begin()];
  const made = [await create(first.mark), await create(second.mark)];
  expect(new Set(made).size).toBe(2);
  first.end(true);
  await marksAre(`open ${made[1]}`);
  second.end(true);
  await marksAre();
  expect(await findKeys(redis, "*undelivered*")).toEqual([]);
});

test("a response that this process has lost is known before Redis knows it", async () => {
  const first = begin();
  const made = await create(first.mark);
  const second = begin();
  first.end(false);
  // Redis runs both scripts in this order: the end of the first request was not awaited.
  expect(await create(second.mark)).toBe(`again ${made}`);
});

test("an effect of which the client would not know is not written", async () => {
  const { mark, end } = begin();
  end(false);
  await expect(create(mark)).rejects.toMatchObject({ kind: "unavailable" });
  expect(await findKeys(redis, "wms:{0}:workflow:*")).toEqual([]);
});

test("a request waits for equal ones in other processes until these are delivered", async () => {
  await other.processes.beat(FACTS);
  const first = begin(other);
  const made = await create(first.mark, other);
  const second = begin();
  const open = (await create(second.mark)) as string[];
  expect(open).toEqual([first.mark.field]);
  const waiting = store.deliveryMarks.waitForOthers(second.mark, open);
  first.end(true);
  await waiting;
  expect(await create(second.mark)).not.toBe(made);
  expect(second.mark).toMatchObject({ deadProcesses: [], passed: [] });
});

test.each([
  ["small", 1],
  ["large", MAX_UNSTAGED_RECORDS],
])("the mark of a dead process is taken, for a %s workflow", async (_size, tasks) => {
  await other.processes.beat(FACTS);
  const first = begin(other);
  const made = await create(first.mark, other, tasks);
  const second = begin();
  const open = (await create(second.mark, store, tasks)) as string[];
  expect(open).toEqual([first.mark.field]);
  // The last heartbeat expires.
  await redis.pexpire(`wms:{processes}:${other.processes.id}`, 100);
  await store.deliveryMarks.waitForOthers(second.mark, open);
  expect(second.mark.deadProcesses).toEqual([other.processes.id]);
  expect(await create(second.mark, store, tasks)).toBe(`again ${made}`);
  // Nothing was staged for the repetition.
  expect(await findKeys(redis, "wms:{0}:workflow:*")).toHaveLength(1);
  expect(await redis.zcard("wms:{0}:ix:taskforce")).toBe(tasks);
});

test("the end of a response that Redis could not store is stored later", async () => {
  const { mark, end } = begin();
  const made = await create(mark);
  redis.disconnect();
  end(false);
  // This request fails.
  await store.deliveryMarks.settleAll();
  await waitUntil("the client is disconnected", () => redis.status === "end");
  await redis.connect();
  await store.deliveryMarks.settleAll();
  await marksAre(`lost ${made}`);
});

test("the same holds for added taskforces and deactivations", async () => {
  const { taskforces, ...whole } = makeWholeWorkflow(2);
  const [first, added] = taskforces;
  if (first === undefined || added === undefined) throw new Error("no taskforces");
  const { workflow_id } = whole.workflow;
  await createWholeWorkflow(store, { ...whole, taskforces: [first] }, 1);
  const add = begin();
  expect(await createTaskforce(store, added, add.mark)).toBe("queues-pending");
  add.end(false);
  await marksAre(`lost ${added.taskforce_uuid}`);
  const addAgain = begin();
  await expect(createTaskforce(store, added, addAgain.mark)).rejects.toMatchObject({ made: added.taskforce_uuid });
  addAgain.end(true);
  await marksAre();

  const abort = (mark: DeliveryMark) => store.transitions.deactivate(workflow_id, "ABORTED", 1_700_000_001, mark);
  const aborted = begin();
  expect(await abort(aborted.mark)).toBe(2);
  aborted.end(false);
  await marksAre("lost 2");
  const abortedAgain = begin();
  await expect(abort(abortedAgain.mark)).rejects.toMatchObject({ made: "2" });
  abortedAgain.end(true);
  await marksAre();
  expect(await abort(begin().mark)).toBeUndefined();
});
