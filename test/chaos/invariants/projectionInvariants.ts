import { PHASE_LOG_TRIMMER } from "../../../src/domain/entityLimits.js";
import {
  dirtyKey,
  type EntityKind,
  idOfMember,
  memberOf,
  stoppingKey,
  summaryIndexKeys,
  summaryLeasesKey,
  YES,
} from "../../../src/store/keys.js";
import { indexKeysOf } from "../../../src/store/writeBatch.js";
import { allJobIds, jobIds } from "../../queues/jobIds.js";
import { CHAOS_SETTINGS } from "../deployment.js";
import type { Evidence, Finding } from "../evidence.js";
import type { StoreSnapshot } from "../storeSnapshot.js";

/** Checks that the members and scores of each index equal a scan of all records, and that queries find as many. */
export function indexesEqualScan({ snapshot, apiView }: Pick<Evidence, "snapshot" | "apiView">): Finding[] {
  const expected = expectedIndexes(snapshot);
  const findings: Finding[] = [];
  for (const key of new Set([...expected.keys(), ...snapshot.indexes.keys()])) {
    const expectedMembers = expected.get(key) ?? new Map<string, number>();
    const actual = snapshot.indexes.get(key) ?? new Map<string, number>();
    for (const [member, score] of expectedMembers)
      if (actual.get(member) !== score)
        findings.push({ message: `${key}: ${member} has the score ${actual.get(member)}, not ${score}` });
    for (const member of actual.keys())
      if (
        !(isSummaryIndex(key)
          ? isWorkflow(snapshot, member)
          : expectedMembers.has(member) || isTrimmedFailure(snapshot, key, member))
      )
        findings.push({ message: `${key}: ${member} does not belong there` });
  }
  const sizes = [
    ["workflow", apiView.workflows.size],
    ["task", apiView.directives.size],
    ["taskforce", apiView.taskforces.size],
  ] as const;
  for (const [kind, shown] of sizes)
    if (snapshot[kind].size !== shown)
      findings.push({ message: `queries find ${shown} of kind ${kind}, a scan finds ${snapshot[kind].size}` });
  return findings;
}

const SUMMARY_INDEX_NAMES = summaryIndexKeys(0).map((key) => key.slice(key.indexOf(":ix:")));

/** Whether a key is that of an index which follows the summaries, so that its members may be a moment old. */
const isSummaryIndex = (key: string): boolean => SUMMARY_INDEX_NAMES.some((name) => key.endsWith(name));

const isWorkflow = ({ workflow }: StoreSnapshot, member: string): boolean =>
  workflow.has(idOfMember("workflow", member));

/** Whether a taskforce stays in the index of failures, although the failed entry was left out of its long log. */
const isTrimmedFailure = ({ taskforce }: StoreSnapshot, key: string, member: string): boolean =>
  key.endsWith(`:ix:taskforce:failures:${YES}`) &&
  taskforce
    .get(idOfMember("taskforce", member))
    ?.entity.phase_change_log.some(({ source_entity }) => source_entity === PHASE_LOG_TRIMMER) === true;

function expectedIndexes(snapshot: StoreSnapshot): Map<string, Map<string, number>> {
  const expected = new Map<string, Map<string, number>>();
  for (const kind of ["workflow", "task", "taskforce"] as const satisfies EntityKind[])
    for (const [id, { partition, entity }] of snapshot[kind])
      for (const key of indexKeysOf(partition, { kind, entity })) {
        const members = expected.get(key) ?? new Map<string, number>();
        members.set(memberOf(id), entity.timestamp);
        expected.set(key, members);
      }
  for (const [id, { partition, entity }] of snapshot.taskforce) {
    if (entity.phase !== "pending-stopper" || entity.cluster_id === null) continue;
    const members = expected.get(stoppingKey(partition)) ?? new Map<string, number>();
    members.set(memberOf(id), entity.timestamp);
    expected.set(stoppingKey(partition), members);
  }
  return expected;
}

/** Checks that the jobs of the queues equal the phases, and that failed taskforces are dead letters. */
export async function queuesEqualPhases({
  snapshot,
  queues,
  store,
  redis,
}: Pick<Evidence, "snapshot" | "queues" | "store" | "redis">): Promise<Finding[]> {
  const findings: Finding[] = [];
  const compare = (queue: string, actual: ReadonlySet<string>, expected: readonly string[]) => {
    for (const id of expected) if (!actual.has(id)) findings.push({ message: `is not in ${queue}`, taskforce: id });
    for (const id of actual)
      if (!expected.includes(id)) findings.push({ message: `${id} does not belong in ${queue}` });
  };
  for (const [schedd, { starter, stopper }] of queues.schedds()) {
    const here = [...snapshot.taskforce.values()].filter(({ entity }) => entity.schedd === schedd);
    const uuids = (wanted: (each: (typeof here)[number]) => boolean) =>
      here.filter(wanted).map(({ entity }) => entity.taskforce_uuid);
    const isDead = ({ record }: (typeof here)[number]) => (record.submit_failures ?? 0) > CHAOS_SETTINGS.actionRetries;
    const pending = (each: (typeof here)[number]) => each.entity.phase === "pending-starter";
    const starting = await jobIds(starter);
    compare(
      `${starter.queue.name}`,
      starting.live,
      uuids((each) => pending(each) && !isDead(each)),
    );
    compare(
      `${starter.queue.name}, dead`,
      starting.dead,
      uuids((each) => pending(each) && isDead(each)),
    );
    const stopping = await jobIds(stopper);
    const toStop = uuids(({ entity }) => entity.phase === "pending-stopper" && entity.cluster_id !== null);
    compare(`${stopper.queue.name}`, stopping.live, toStop);
    compare(`${stopper.queue.name}, dead`, stopping.dead, []);
  }
  for (const { queue, ids } of [
    { queue: "mq-activation", ids: await allJobIds(queues.activation) },
    { queue: "workflow-deactivation", ids: await allJobIds(queues.deactivation) },
  ])
    compare(queue, ids, []);
  for (let partition = 0; partition < store.partitions; partition++) {
    for await (const workflows of store.indexes.scanDeactivating(partition))
      for (const workflow of workflows) findings.push({ message: `${workflow} is still being deactivated` });
    for (const member of await redis.smembers(dirtyKey(partition)))
      findings.push({ message: `${idOfMember("workflow", member)} is still dirty` });
    if ((await redis.hlen(summaryLeasesKey(partition))) > 0)
      findings.push({ message: `summaries of partition ${partition} are still leased` });
  }
  return findings;
}

/** Checks that the numbers of taskforces by phase and schedd equal a recount. */
export async function countsEqualRecount({
  snapshot,
  store,
}: Pick<Evidence, "snapshot" | "store">): Promise<Finding[]> {
  const recount = new Map<string, number>();
  for (const { entity } of snapshot.taskforce.values()) {
    const field = `${entity.phase} ${entity.schedd}`;
    recount.set(field, (recount.get(field) ?? 0) + 1);
  }
  const counted = new Map(
    (await store.counts.readAll()).map(({ phase, schedd, count }) => [`${phase} ${schedd}`, count]),
  );
  return [...new Set([...recount.keys(), ...counted.keys()])]
    .filter((field) => (recount.get(field) ?? 0) !== (counted.get(field) ?? 0))
    .map((field) => ({
      message: `${field}: the count is ${counted.get(field) ?? 0}, a recount ${recount.get(field) ?? 0}`,
    }));
}
