import type { TaskforceUuid } from "../../../src/domain/ids.js";
import type { RedisClient } from "../../../src/redis/redisClient.js";
import { allEntitiesKey, INDEXED_FIELDS, indexKey, memberOf, partitionOf } from "../../../src/store/keys.js";
import type { QuerySource } from "../../../src/views/query/runQuery.js";

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
  ) {}

  get samples(): TaskforceSample[] {
    return [...this.#documents.values()];
  }

  async load(_kind: "taskforce", ids: TaskforceUuid[]): Promise<(string | undefined)[]> {
    await this.beforeLoad();
    return ids.map((id) => {
      const found = this.#documents.get(id);
      return found && JSON.stringify(found);
    });
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
      ...INDEXED_FIELDS.taskforce.flatMap((field) => {
        const value = sample[field];
        return value === null || value === "" ? [] : [indexKey(partition, "taskforce", field, value)];
      }),
    ];
  }
}

const memberOfSample = (sample: TaskforceSample): string => memberOf(sample.taskforce_uuid);

/** Orders by time, then by id. */
export const compareByAge = (one: TaskforceSample, other: TaskforceSample): number =>
  one.timestamp - other.timestamp || (one.taskforce_uuid < other.taskforce_uuid ? -1 : 1);
