import type { TaskforceUuid } from "../../../src/domain/ids.js";
import type { RedisClient } from "../../../src/redis/redisClient.js";
import { allKey, INDEXED, indexKey, memberOf, partitionOf } from "../../../src/store/keys.js";
import type { QuerySource } from "../../../src/views/query/runQuery.js";

/** The fields of a taskforce that the tests ask for. */
export interface Sample {
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
  /** Counts by error text: keys are anything. */
  errors: Record<string, number>;
}

const hex = (number: number): string => number.toString(16).padStart(8, "0");

/** The ids of the n-th taskforce: three tasks to a workflow, `workflows` workflows in turn. */
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
export const sample = (n: number, fields: Partial<Sample> = {}): Sample => ({
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

/** The first of them, with fields by number. */
export const many = (count: number, fields: (n: number) => Partial<Sample> = () => ({})): Sample[] =>
  Array.from({ length: count }, (_, n) => sample(n, fields(n)));

/** Taskforces whose indexes lie in Redis, as the store keeps them, and whose documents lie here. */
export class Population implements QuerySource<"taskforce"> {
  readonly #documents = new Map<string, Sample>();
  /** Runs before each load: what others do while a query is under way. */
  meanwhile: () => Promise<void> = async () => undefined;

  constructor(
    readonly redis: RedisClient,
    readonly partitions: number,
  ) {}

  get samples(): Sample[] {
    return [...this.#documents.values()];
  }

  async load(_kind: "taskforce", ids: TaskforceUuid[]): Promise<(string | undefined)[]> {
    await this.meanwhile();
    return ids.map((id) => {
      const found = this.#documents.get(id);
      return found && JSON.stringify(found);
    });
  }

  /** Creates or changes taskforces; each in one transaction, as the store does. */
  async put(...samples: Sample[]): Promise<void> {
    await Promise.all(
      samples.map(async (sample) => {
        const before = this.#documents.get(sample.taskforce_uuid);
        this.#documents.set(sample.taskforce_uuid, sample);
        const transaction = this.redis.multi();
        if (before !== undefined) for (const key of this.#keys(before)) transaction.zrem(key, member(before));
        for (const key of this.#keys(sample)) transaction.zadd(key, sample.timestamp, member(sample));
        await transaction.exec();
      }),
    );
  }

  async remove(sample: Sample): Promise<void> {
    this.#documents.delete(sample.taskforce_uuid);
    const transaction = this.redis.multi();
    for (const key of this.#keys(sample)) transaction.zrem(key, member(sample));
    await transaction.exec();
  }

  #keys(sample: Sample): string[] {
    const partition = partitionOf(sample.taskforce_uuid, this.partitions);
    return [
      allKey(partition, "taskforce"),
      ...INDEXED.taskforce.flatMap((field) => {
        const value = sample[field];
        return value === null || value === "" ? [] : [indexKey(partition, "taskforce", field, value)];
      }),
    ];
  }
}

const member = (sample: Sample): string => memberOf(sample.taskforce_uuid);

/** Oldest first; within one instant by id. */
export const byAge = (one: Sample, other: Sample): number =>
  one.timestamp - other.timestamp || (one.taskforce_uuid < other.taskforce_uuid ? -1 : 1);
