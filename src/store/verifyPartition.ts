import { batchesOf } from "../domain/batchesOf.js";
import { earlyIdOf } from "../domain/earlyIds.js";
import type { TaskforceUuid, WorkflowId } from "../domain/ids.js";
import { indexedDocument } from "./indexedDocument.js";
import { scan } from "./indexes.js";
import {
  allEntitiesKey,
  countsField,
  countsKey,
  deactivatingKey,
  type EntityKind,
  earlyIdsKey,
  fnv1a,
  idOfMember,
  memberOf,
  recordKey,
  stagingKey,
  stoppingKey,
  workflowMemberOf,
} from "./keys.js";
import type { Store } from "./store.js";
import { type HashFields, readHashes } from "./wholeWorkflows.js";
import { indexKeysOf } from "./writeBatch.js";

/** Entries of an index that one command reads. */
const BATCH_SIZE = 500;
const KINDS: readonly EntityKind[] = ["workflow", "task", "taskforce"];

/** An entity that exists, for checks of what else follows from it. */
export type VisitedEntity =
  | { kind: "workflow"; id: WorkflowId; fields: HashFields }
  | { kind: "taskforce"; id: TaskforceUuid; fields: HashFields };

/** The entries of an index, without their order: their number, and a sum of their hashes. */
interface Contents {
  count: number;
  sum: number;
}

/**
 * Checks that the indexes, counts and sets of a partition follow from its records. Nothing may change meanwhile. Workflows
 * that are being written are left out.
 *
 * @param visit called for each workflow and taskforce
 * @returns sentences that name what differs
 */
export async function* verifyPartition(
  { redis, bulkRedis }: Store,
  partition: number,
  visit: (entity: VisitedEntity) => void,
): AsyncGenerator<string> {
  const expected = new Map<string, Contents>();
  const counts = new Map<string, number>();
  const deactivated = new Set<string>();
  const earlyIds = new Map<string, string>();
  const staged = new Set(await redis.zrange(stagingKey(partition), 0, "-1"));
  for (const kind of KINDS) {
    const key = allEntitiesKey(partition, kind);
    for await (const flat of scan((cursor) => redis.zscan(key, cursor, "COUNT", BATCH_SIZE))) {
      const entries = [...batchesOf(flat, 2)].filter(([member = ""]) => !staged.has(workflowMemberOf(member)));
      const ids = entries.map(([member = ""]) => idOfMember(kind, member));
      const hashes = await readHashes(
        bulkRedis,
        ids.map((id) => recordKey(partition, kind, id)),
      );
      for (const [index, id] of ids.entries()) {
        const fields = hashes[index] ?? {};
        if (Object.keys(fields).length === 0) {
          yield `${id} is in the index of all entities, and has no record`;
          continue;
        }
        const entity = indexedDocument(kind, id, fields);
        if (entity.timestamp !== Number(entries[index]?.[1]))
          yield `${id} was created at ${entity.timestamp}, and the index of all entities says ${entries[index]?.[1]}`;
        for (const indexKey of indexKeysOf(partition, { kind, entity }))
          addEntry(expected, indexKey, memberOf(id), entity.timestamp);
        const earlyId = earlyIdOf(id);
        if (earlyId !== undefined) earlyIds.set(earlyId, id);
        if (kind === "workflow") {
          if (fields["deactivated"] !== undefined) deactivated.add(memberOf(id));
          visit({ kind, id: id as WorkflowId, fields });
        } else if (kind === "taskforce") {
          const { phase = "", schedd = "", cluster_id } = fields;
          const field = countsField(phase as Parameters<typeof countsField>[0], schedd);
          counts.set(field, (counts.get(field) ?? 0) + 1);
          if (phase === "pending-stopper" && cluster_id !== undefined)
            addEntry(expected, stoppingKey(partition), memberOf(id), entity.timestamp);
          visit({ kind, id: id as TaskforceUuid, fields });
        }
      }
    }
  }
  yield* compareIndexes(redis, partition, expected, staged);
  yield* compareCounts(await redis.hgetall(countsKey(partition)), counts);
  yield* compareEarlyIds(new Map(Object.entries(await redis.hgetall(earlyIdsKey(partition)))), earlyIds);
  for (const member of await redis.smembers(deactivatingKey(partition)))
    if (!deactivated.has(member))
      yield `${idOfMember("workflow", member)} is in the set of deactivations under way, and is not deactivated`;
}

function addEntry(contents: Map<string, Contents>, key: string, member: string, score: number): void {
  const known = contents.get(key) ?? { count: 0, sum: 0 };
  known.count++;
  known.sum += fnv1a(`${member} ${score}`);
  contents.set(key, known);
}

async function* compareIndexes(
  redis: Store["redis"],
  partition: number,
  expected: Map<string, Contents>,
  staged: ReadonlySet<string>,
): AsyncGenerator<string> {
  for await (const key of findIndexKeys(redis, partition)) {
    const found: Contents = { count: 0, sum: 0 };
    const holder = new Map([[key, found]]);
    for await (const flat of scan((cursor) => redis.zscan(key, cursor, "COUNT", BATCH_SIZE)))
      for (const [member = "", score] of batchesOf(flat, 2))
        if (!staged.has(workflowMemberOf(member))) addEntry(holder, key, member, Number(score));
    const wanted = expected.get(key) ?? { count: 0, sum: 0 };
    expected.delete(key);
    if (found.count !== wanted.count) yield `${key} has ${found.count} entries instead of ${wanted.count}`;
    else if (found.sum !== wanted.sum) yield `${key} has other entries than the records`;
  }
  for (const [key, { count }] of expected) yield `${key} is missing, and should have ${count} entries`;
}

/** The sorted sets of a partition's indexes. A cluster's node has them all, because a partition is one slot. */
async function* findIndexKeys(redis: Store["redis"], partition: number): AsyncGenerator<string> {
  const pattern = `${allEntitiesKey(partition, "workflow").replace(/workflow$/, "")}*`;
  const nodes = "nodes" in redis ? redis.nodes("master") : [redis];
  const seen = new Set<string>();
  for (const node of nodes)
    for await (const keys of scan((cursor) => node.scan(cursor, "MATCH", pattern, "COUNT", 1000)))
      for (const key of keys) {
        // SCAN may repeat a key.
        if (seen.has(key) || key === countsKey(partition)) continue;
        seen.add(key);
        yield key;
      }
}

function* compareEarlyIds(
  stored: ReadonlyMap<string, string>,
  expected: ReadonlyMap<string, string>,
): Generator<string> {
  for (const earlyId of new Set([...stored.keys(), ...expected.keys()])) {
    const [found, wanted] = [stored.get(earlyId), expected.get(earlyId)];
    if (found !== wanted)
      yield `the early id ${earlyId} stands for ${found ?? "nothing"} instead of ${wanted ?? "nothing"}`;
  }
}

function* compareCounts(stored: Record<string, string>, counted: ReadonlyMap<string, number>): Generator<string> {
  for (const field of new Set([...Object.keys(stored), ...counted.keys()])) {
    const [found, wanted] = [Number(stored[field] ?? 0), counted.get(field) ?? 0];
    if (found !== wanted) yield `the count of taskforces "${field}" is ${found} instead of ${wanted}`;
  }
}
