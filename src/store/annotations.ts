import { type Annotations, type Creator, labelText, NO_ANNOTATIONS } from "../domain/annotations.js";
import type { WorkflowId } from "../domain/ids.js";
import type { RedisClient } from "../redis/redisClient.js";
import { indexKey, memberOf, partitionOf, recordKey } from "./keys.js";
import type { WorkflowRecord } from "./records.js";
import { runScript } from "./scripts.js";

/** What is known of a workflow beside what the v1 API shows. */
export interface WorkflowOrigin {
  creator?: Creator | undefined;
  annotations?: Annotations | undefined;
}

/** The fields of a workflow's record that hold its {@link WorkflowOrigin}, as JSON. */
interface OriginFields {
  creator?: string | undefined;
  annotations?: string | undefined;
}

/** A workflow's origin in the form of its record. */
export const originFields = ({
  creator,
  annotations,
}: WorkflowOrigin): Pick<WorkflowRecord, "creator" | "annotations"> => ({
  ...(creator !== undefined && { creator: JSON.stringify(creator) }),
  ...(annotations !== undefined && !isEmpty(annotations) && { annotations: JSON.stringify(annotations) }),
});

/** The creator and the annotations in a record. */
export function originOf({ creator, annotations }: OriginFields): {
  creator: Creator | undefined;
  annotations: Annotations;
} {
  return {
    creator: creator === undefined ? undefined : (JSON.parse(creator) as Creator),
    annotations: annotations === undefined ? NO_ANNOTATIONS : (JSON.parse(annotations) as Annotations),
  };
}

/** The members of a workflow by which it is indexed beside those of the v1 API. */
export const indexedOrigin = ({
  creator,
  annotations = NO_ANNOTATIONS,
}: WorkflowOrigin): { owner: string | undefined; labels: string[] } => ({
  owner: creator?.subject,
  labels: labelsOf(annotations),
});

const labelsOf = ({ labels }: Annotations): string[] =>
  Object.entries(labels).map(([key, value]) => labelText(key, value));

const isEmpty = ({ name, labels, note }: Annotations): boolean =>
  name === null && note === null && Object.keys(labels).length === 0;

/** The annotations of workflows. */
export class WorkflowAnnotations {
  readonly #redis: RedisClient;
  readonly #partitions: number;

  constructor(redis: RedisClient, partitions: number) {
    this.#redis = redis;
    this.#partitions = partitions;
  }

  /** Reads who created a workflow; undefined: it is not recorded, or there is no such workflow. */
  async readCreator(workflow: WorkflowId): Promise<Creator | undefined> {
    const text = await this.#redis.hget(this.#recordKey(workflow), "creator");
    return text === null ? undefined : (JSON.parse(text) as Creator);
  }

  /** Replaces the annotations of a workflow. @returns false when there is no such workflow */
  async replace(workflow: WorkflowId, annotations: Annotations): Promise<boolean> {
    const partition = partitionOf(workflow, this.#partitions);
    const key = this.#recordKey(workflow);
    const next = originFields({ annotations }).annotations ?? "";
    const wanted = labelsOf(annotations);
    const indexKeysJson = (labels: readonly string[]) =>
      JSON.stringify(labels.map((label) => indexKey(partition, "workflow", "label", label)));
    for (;;) {
      const before = (await this.#redis.hget(key, "annotations")) ?? undefined;
      const left = labelsOf(originOf({ annotations: before }).annotations).filter((label) => !wanted.includes(label));
      const values = [memberOf(workflow), before ?? "", next, indexKeysJson(left), indexKeysJson(wanted)];
      const code = await runScript(this.#redis, "annotate", [key], values);
      if (code !== 0) return code === 1;
    }
  }

  #recordKey(workflow: WorkflowId): string {
    return recordKey(partitionOf(workflow, this.#partitions), "workflow", workflow);
  }
}
