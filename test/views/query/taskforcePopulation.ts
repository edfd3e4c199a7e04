import type { TaskforceUuid } from "../../../src/domain/ids.js";
import type { RedisClient } from "../../../src/redis/redisClient.js";
import { type IndexEntry, partOfEntry, type ReadPart } from "../../../src/store/documentReader.js";
import type { MemberOrigin, ShownMembers } from "../../../src/store/documents.js";
import { indexValuesOf } from "../../../src/store/indexValues.js";
import { allEntitiesKey, idOfMember, indexKey, memberOf, partitionOf } from "../../../src/store/keys.js";
import { defineScripts } from "../../../src/store/scripts.js";
import type { DocumentMembers, QuerySource } from "../../../src/views/query/querySource.js";
import { projectJson } from "./projectJson.js";

/** The fields of a taskforce in the tests' queries. */
export interface TaskforceSample {
  taskforce_uuid: TaskforceUuid;
  task_id: string;
  workflow_id: string;
  timestamp: number;
  schedd: string;
  phase: string;
  cluster_id: number | null;
  job_event_log_fpath: string;
  n_workers: number;
  log: { at: number; ok?: boolean | null }[];
  /** Counts by error text, which can be any key. */
  errors: Record<string, number>;
  priority: number;
  top_task_errors: Record<string, number>;
  phase_change_log: { was_successful: boolean }[];
}

const hex = (number: number): string => number.toString(16).padStart(8, "0");

/** The ids of the n-th taskforce: three tasks per workflow, cycling through `workflows` workflows. */
export function idsOf(n: number, workflows: number) {
  const workflow = `${hex(1_700_000_000 + (n % workflows))}-${hex(n % workflows)}`;
  const task = `${workflow}-${hex(n % 3)}`;
  return {
    workflow_id: `WF-${workflow}`,
    task_id: `TK-${task}`,
    taskforce_uuid: `TF-${task}-${hex(n)}` as TaskforceUuid,
  };
}

/** The n-th taskforce of five workflows, created n seconds after the first. */
export const makeSample = (n: number, fields: Partial<TaskforceSample> = {}): TaskforceSample => ({
  ...idsOf(n, 5),
  timestamp: 1_700_000_000 + n,
  schedd: "SCHEDD1",
  phase: "pre-launch",
  cluster_id: null,
  job_event_log_fpath: "",
  n_workers: n,
  log: [],
  errors: {},
  priority: 50,
  top_task_errors: {},
  phase_change_log: [{ was_successful: true }],
  ...fields,
});

/** The first samples, with fields by number. */
export const makeSamples = (
  count: number,
  fields: (n: number) => Partial<TaskforceSample> = () => ({}),
): TaskforceSample[] => Array.from({ length: count }, (_, n) => makeSample(n, fields(n)));

/** Taskforces with the store's indexes in Redis, and with documents in memory. */
export class TaskforcePopulation implements QuerySource<"taskforce"> {
  readonly #documents = new Map<string, TaskforceSample>();
  /** Runs before each load, to simulate concurrent changes. */
  beforeLoad: () => Promise<void> = async () => undefined;

  constructor(
    readonly redis: RedisClient,
    readonly partitions: number,
  ) {
    defineScripts(redis);
  }

  get samples(): TaskforceSample[] {
    return [...this.#documents.values()];
  }

  /** As in the store: an entry has the ids and the time. */
  originOf(_kind: "taskforce", name: string): MemberOrigin {
    return ENTRY_MEMBERS.has(name) ? "entry" : "record";
  }

  readonly partOfEntry = partOfEntry;

  select(kind: "taskforce", names: ReadonlySet<string> | undefined): DocumentMembers {
    const load = (ids: TaskforceUuid[]) => this.load(kind, ids);
    const isOfEntry = names !== undefined && [...names].every((name) => ENTRY_MEMBERS.has(name));
    const wholeOf = ({ id, timestamp, doc }: ReadPart): object =>
      isOfEntry ? { ...parentsOf(id), timestamp } : (JSON.parse(doc as string) as object);
    // A filter and a projection get what they selected, and nothing else.
    const valuesOf = (part: ReadPart) =>
      Object.fromEntries(Object.entries(wholeOf(part)).filter(([name]) => names?.has(name) ?? true));
    const jsonOf = (part: ReadPart, shown?: ShownMembers) =>
      shown === undefined ? JSON.stringify(wholeOf(part)) : projectJson(valuesOf(part), shown);
    return {
      async *read(entries) {
        if (isOfEntry) yield entries.map((entry) => partOfEntry(kind, entry));
        else yield* toParts(entries, load(entries.map(({ member }) => idOfMember(kind, member))));
      },
      valuesOf,
      jsonOf,
      jsonTexts: (...given) => [jsonOf(...given)],
    };
  }

  /** The samples have no configuration. */
  readonly prefetchConfigurations = async () => undefined;
  readonly readConfiguration = () => "{}";

  async *load(_kind: "taskforce", ids: TaskforceUuid[]): AsyncGenerator<string | undefined> {
    await this.beforeLoad();
    const found = ids.map((id) => this.#documents.get(id));
    for (const sample of found) yield sample && JSON.stringify(sample);
  }

  /** Creates or changes taskforces, each in one transaction, like the store. */
  async putSamples(...samples: TaskforceSample[]): Promise<void> {
    await Promise.all(
      samples.map(async (sample) => {
        const before = this.#documents.get(sample.taskforce_uuid);
        this.#documents.set(sample.taskforce_uuid, sample);
        const transaction = this.redis.multi();
        if (before !== undefined) for (const key of this.#keys(before)) transaction.zrem(key, memberOfSample(before));
        for (const key of this.#keys(sample)) transaction.zadd(key, sample.timestamp, memberOfSample(sample));
        await transaction.exec();
      }),
    );
  }

  async removeSample(sample: TaskforceSample): Promise<void> {
    this.#documents.delete(sample.taskforce_uuid);
    const transaction = this.redis.multi();
    for (const key of this.#keys(sample)) transaction.zrem(key, memberOfSample(sample));
    await transaction.exec();
  }

  #keys(sample: TaskforceSample): string[] {
    const partition = partitionOf(sample.taskforce_uuid, this.partitions);
    return [
      allEntitiesKey(partition, "taskforce"),
      ...indexValuesOf("taskforce", sample).map(([field, value]) => indexKey(partition, "taskforce", field, value)),
    ];
  }
}

const ENTRY_MEMBERS: ReadonlySet<string> = new Set(["taskforce_uuid", "task_id", "workflow_id", "timestamp"]);

const parentsOf = (uuid: string) => ({
  task_id: `TK-${uuid.split("-").slice(1, 4).join("-")}`,
  workflow_id: `WF-${uuid.split("-").slice(1, 3).join("-")}`,
  taskforce_uuid: uuid,
});

/** Chunks of three parts. */
async function* toParts(
  entries: readonly IndexEntry[],
  texts: AsyncIterable<string | undefined>,
): AsyncGenerator<(ReadPart | undefined)[]> {
  let index = 0;
  let chunk: (ReadPart | undefined)[] = [];
  for await (const doc of texts) {
    const part = partOfEntry("taskforce", entries[index++]!);
    chunk.push(doc === undefined ? undefined : { ...part, doc, readLength: doc.length });
    if (chunk.length < 3) continue;
    yield chunk;
    chunk = [];
  }
  yield chunk;
}

const memberOfSample = (sample: TaskforceSample): string => memberOf(sample.taskforce_uuid);

/** Orders by time, then by id. */
export const compareByAge = (one: TaskforceSample, other: TaskforceSample): number =>
  one.timestamp - other.timestamp || (one.taskforce_uuid < other.taskforce_uuid ? -1 : 1);
