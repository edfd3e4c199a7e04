import fc from "fast-check";
import { expect, test } from "vitest";
import { PHASE_LOG_LIMITS, PHASE_LOG_TRIMMER } from "../../src/domain/entityLimits.js";
import type { TaskforceUuid } from "../../src/domain/ids.js";
import { PHASE_CHANGE_CONTEXTS, PHASE_CHANGE_SOURCES, type PhaseChange } from "../../src/domain/phases.js";
import type { RedisClient } from "../../src/redis/redisClient.js";
import { createWholeWorkflow } from "../../src/store/creation.js";
import { taskforceJson } from "../../src/store/documents.js";
import { partitionOf, recordKey } from "../../src/store/keys.js";
import { encodeLogEntry, latestContext, phaseChanges } from "../../src/store/records.js";
import type { Store } from "../../src/store/store.js";
import { ownStore } from "../setup/ownStore.js";
import { propertyRuns } from "../setup/propertyRuns.js";
import { makeWholeWorkflow } from "./wholeWorkflow.js";

const encodeLog = (log: readonly PhaseChange[]): string =>
  log
    .map(encodeLogEntry)
    .map(({ timestampJson, restJson }) => `[${timestampJson}${restJson}`)
    .join();

const leftOutBy = ({ source_entity, context }: PhaseChange): number =>
  source_entity === PHASE_LOG_TRIMMER ? Number.parseInt(context, 10) : 0;

/** A model of the trimming in Lua, on parsed logs. */
function trim(log: readonly PhaseChange[]): readonly PhaseChange[] {
  const bytesOf = (entries: readonly PhaseChange[]) => Buffer.byteLength(encodeLog(entries));
  const trimmer = log.findIndex((change) => leftOutBy(change) > 0);
  let headCount = trimmer;
  if (trimmer === -1) {
    headCount = 1;
    while (
      headCount < Math.min(PHASE_LOG_LIMITS.headEntries, log.length) &&
      bytesOf(log.slice(0, headCount + 1)) <= PHASE_LOG_LIMITS.headBytes
    )
      headCount++;
  }
  const head = log.slice(0, headCount);
  const rest = log.slice(trimmer === -1 ? headCount : trimmer + 1);
  const room = PHASE_LOG_LIMITS.trimmedBytes - bytesOf(head);
  let tailCount = 0;
  let tailBytes = 0;
  while (tailCount < Math.min(rest.length, PHASE_LOG_LIMITS.trimmedEntries - headCount - 1)) {
    tailBytes += bytesOf(rest.slice(rest.length - tailCount - 1, rest.length - tailCount)) + 1;
    if (tailBytes > room) break;
    tailCount++;
  }
  const leftOut = rest.slice(0, rest.length - tailCount);
  const last = leftOut.at(-1);
  if (last === undefined) return log;
  const count = leftOut.length + (trimmer === -1 ? 0 : leftOutBy(log[trimmer] as PhaseChange));
  const context = `${count} ${count === 1 ? "entry was" : "entries were"} left out here.`;
  const entry = { ...last, source_event_time: null, source_entity: PHASE_LOG_TRIMMER, context } as PhaseChange;
  return [...head, entry, ...rest.slice(rest.length - tailCount)];
}

/** A model of the append. */
function append(log: readonly PhaseChange[], change: PhaseChange): readonly PhaseChange[] {
  const logBytes = Buffer.byteLength(encodeLog(log));
  const isFull =
    logBytes >= PHASE_LOG_LIMITS.minBytesToCount &&
    (log.length >= PHASE_LOG_LIMITS.maxEntries ||
      logBytes + Buffer.byteLength(encodeLog([change])) >= PHASE_LOG_LIMITS.maxBytes);
  return [...(isFull ? trim(log) : log), change];
}

const created: PhaseChange = {
  target_phase: "pre-mq-activation",
  timestamp: 1_700_000_000.123_456,
  was_successful: true,
  source_event_time: null,
  source_entity: "USER",
  context: PHASE_CHANGE_CONTEXTS.created,
};

const failure = (index: number, context: string): PhaseChange => ({
  target_phase: "condor-rm",
  timestamp: 1_700_000_001.25 + index,
  was_successful: false,
  source_event_time: null,
  source_entity: "TMS",
  context,
});

async function openLog(log: readonly PhaseChange[]) {
  const { redis, store } = await ownStore(1);
  const whole = makeWholeWorkflow(1);
  await createWholeWorkflow(store, whole, 0);
  const uuid = whole.taskforces[0]?.taskforce_uuid as TaskforceUuid;
  await writeLog(redis, store, uuid, log);
  return { redis, store, uuid };
}

/** Writes a log as an earlier release would have stored it. */
async function writeLog(redis: RedisClient, store: Store, uuid: TaskforceUuid, log: readonly PhaseChange[]) {
  const key = recordKey(partitionOf(uuid, store.partitions), "taskforce", uuid);
  await redis.hset(key, "log", encodeLog(log));
  await redis.hdel(key, "log_entries");
}

async function readLog(store: Store, uuid: TaskforceUuid): Promise<PhaseChange[]> {
  const record = await store.fetch("taskforce", uuid);
  if (record === undefined) throw new Error("no taskforce");
  return phaseChanges(record);
}

const contexts = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...Object.values(PHASE_CHANGE_CONTEXTS)) },
  fc.string({ unit: fc.constantFrom('"', "\\", "[", "]", "],[", ",", "ü", "😀", "\n", "\u0001", "1", "x") }),
  fc.constantFrom(
    `"],[1700000000.5,3,0,null,"${PHASE_LOG_TRIMMER}","5 entries were left out here."]`,
    `,"${PHASE_LOG_TRIMMER}","9 entries`,
    '\\"],[1,2',
    "\\",
    '\\\\"',
  ),
  fc
    .tuple(fc.constantFrom("x", '"', "\\", '\\"', "]", "ü"), fc.integer({ min: 1, max: 5000 }))
    .map(([part, count]) => part.repeat(count)),
);
const changes = fc.record<PhaseChange>({
  target_phase: fc.constantFrom("condor-rm", "pending-starter", "pending-stopper"),
  timestamp: fc.double({ min: 1e9, max: 2e9, noNaN: true }),
  was_successful: fc.boolean(),
  source_event_time: fc.oneof(fc.constant(null), fc.integer({ min: 0 }), fc.double({ min: 0, max: 2e9, noNaN: true })),
  source_entity: fc.constantFrom(...Object.values(PHASE_CHANGE_SOURCES)),
  context: contexts,
});

test("the script trims a log as the model does", async () => {
  const { redis, store, uuid } = await openLog([created]);
  await fc.assert(
    fc.asyncProperty(
      fc.array(changes, { minLength: 1, maxLength: 40 }),
      fc.constantFrom(10, 999, 1000, 1500),
      fc.array(changes, { minLength: 1, maxLength: 5 }),
      async (pool, length, appended) => {
        const old = Array.from({ length: length - 1 }, (_, index) => pool[index % pool.length] as PhaseChange);
        let model: readonly PhaseChange[] = [created, ...old];
        await writeLog(redis, store, uuid, model);
        for (const change of appended) {
          await store.transitions.recordAttempts([uuid], "pre-mq-activation", encodeLogEntry(change));
          model = append(model, change);
          expect(await readLog(store, uuid)).toEqual(model);
        }
      },
    ),
    { numRuns: propertyRuns(60) },
  );
});

test("a log holds at most 1,000 entries: the first 50 and the newest, with the number of those left out", async () => {
  const { store, uuid } = await openLog([created]);
  const total = 1345;
  const attempts = Array.from({ length: total - 1 }, (_, index) => failure(index + 1, `attempt ${index + 1}`));
  // One connection keeps their order.
  await Promise.all(
    attempts.map((change) => store.transitions.recordAttempts([uuid], "pre-mq-activation", encodeLogEntry(change))),
  );
  const log = await readLog(store, uuid);
  expect(log.length).toBeLessThanOrEqual(PHASE_LOG_LIMITS.maxEntries);
  expect(log[0]).toEqual(created);
  expect(log[49]?.context).toBe("attempt 49");
  const trimmer = log[50] as PhaseChange;
  expect(trimmer).toMatchObject({ source_entity: "WMS", target_phase: "condor-rm", was_successful: false });
  expect(trimmer.context).toBe(`${total - (log.length - 1)} entries were left out here.`);
  const next = log[51] as PhaseChange;
  expect(next.timestamp).toBe(trimmer.timestamp + 1);
  expect(log.at(-1)?.context).toBe(`attempt ${total - 1}`);
  expect(log.slice(51).map(({ timestamp }) => timestamp)).toEqual(
    Array.from({ length: log.length - 51 }, (_, index) => next.timestamp + index),
  );
});

test("a log is bounded in bytes, and a repeated report is still recognized", async () => {
  const { redis, store, uuid } = await openLog([created]);
  const record = recordKey(0, "taskforce", uuid);
  for (let index = 0; index < 300; index++)
    await store.transitions.recordRemovalFailure(uuid, encodeLogEntry(failure(index, `${index} `.padEnd(8000, "€"))), {
      isLeased: true,
    });
  expect(await redis.hstrlen(record, "log")).toBeLessThanOrEqual(PHASE_LOG_LIMITS.maxBytes);
  const before = await redis.hget(record, "log");
  await store.transitions.recordRemovalFailure(uuid, encodeLogEntry(failure(9999, "299 ".padEnd(8000, "€"))), {
    isLeased: false,
  });
  expect(await redis.hget(record, "log")).toBe(before);
});

test("the next append trims the log of an earlier release", async () => {
  const old = [created, failure(1, "x".repeat(5_000_000)), failure(2, '"'.repeat(600_000)), failure(3, "small")];
  const { redis, store, uuid } = await openLog(old);
  const whole = await store.fetch("taskforce", uuid);
  expect(JSON.parse(taskforceJson(whole!)).phase_change_log).toEqual(old);
  const entry = encodeLogEntry({ ...failure(4, PHASE_CHANGE_CONTEXTS.completed), target_phase: "condor-complete" });
  expect(await store.transitions.recordCompletion(uuid, entry)).toBe(true);
  expect(await redis.hstrlen(recordKey(0, "taskforce", uuid), "log")).toBeLessThan(1000);
  expect((await readLog(store, uuid)).map(({ context }) => context)).toEqual([
    created.context,
    "2 entries were left out here.",
    "small",
    PHASE_CHANGE_CONTEXTS.completed,
  ]);
  expect(latestContext((await store.fetch("taskforce", uuid))!)).toBe(PHASE_CHANGE_CONTEXTS.completed);
});
