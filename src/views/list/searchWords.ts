import { configuredSchedds } from "../../domain/clusters.js";
import { isEarlyId, storedWorkflowId } from "../../domain/earlyIds.js";
import { invalid } from "../../domain/wmsError.js";
import type { Wms } from "../../lifecycle/context.js";
import { type EntityKind, indexKey, memberOf, workflowMemberOf } from "../../store/keys.js";
import { idTimeRanges } from "../query/idTimes.js";
import type { PartCondition } from "./listFilter.js";

/** Words of one search, and characters of all of them. */
const MAX_WORDS = 10;
const MAX_CHARS = 500;
/** Taskforces of one cluster id in each partition: the ids repeat among schedds. */
const MAX_CLUSTERS = 100;

/** A word that occurs in a workflow. */
export interface SearchWord {
  /** In lower case, as far as it is ASCII: so the script compares. */
  readonly text: string;
  /** The beginning of an id. */
  readonly id?: { readonly kind: EntityKind; readonly prefix: string };
  /** It occurs in a workflow that has such a part. */
  readonly parts?: PartCondition;
  /** The members of the workflows with this HTCondor cluster id, by partition. */
  readonly clusterMembers?: readonly ReadonlySet<string>[];
}

const KIND_BY_PREFIX: Readonly<Record<string, EntityKind>> = { "WF-": "workflow", "TK-": "task", "TF-": "taskforce" };

/** Parses the words of a search, and looks up those of the store. @throws WmsError `invalid` for too many */
export async function readSearchWords(wms: Wms, text = ""): Promise<SearchWord[]> {
  const words = text.split(/\s+/).filter((word) => word !== "");
  if (words.length > MAX_WORDS)
    throw invalid(`q: has ${words.length} words, of which at most ${MAX_WORDS} are allowed`);
  if (text.length > MAX_CHARS)
    throw invalid(`q: has ${text.length} characters, of which at most ${MAX_CHARS} are allowed`);
  return Promise.all(words.map((word) => readWord(wms, word)));
}

async function readWord(wms: Wms, word: string): Promise<SearchWord> {
  const lower = lowerAscii(word);
  const id = idOf(isEarlyId(lower) ? await storedId(wms, lower) : word);
  const schedds = configuredSchedds(wms.settings.clusters).filter((schedd) => lowerAscii(schedd).includes(lower));
  return {
    text: lower,
    ...(id !== undefined && { id }),
    ...(schedds.length > 0 && { parts: { kind: "taskforce", field: "schedd", values: schedds } }),
    ...(/^[1-9]\d{0,9}$/.test(word) && { clusterMembers: await findClusters(wms, word) }),
  };
}

async function storedId({ store }: Wms, earlyId: string): Promise<string> {
  return (await store.earlyIds.find([earlyId])).get(earlyId) ?? storedWorkflowId(earlyId);
}

function idOf(word: string): SearchWord["id"] {
  const kind = KIND_BY_PREFIX[word.slice(0, 3).toUpperCase()];
  const prefix = memberOf(word).toLowerCase();
  return kind !== undefined && /^[0-9a-f][0-9a-f-]*$/.test(prefix) ? { kind, prefix } : undefined;
}

async function findClusters({ store }: Wms, clusterId: string): Promise<ReadonlySet<string>[]> {
  const keys = Array.from({ length: store.partitions }, (_, partition) =>
    indexKey(partition, "taskforce", "cluster_id", clusterId),
  );
  const found = await Promise.all(keys.map((key) => store.redis.zrange(key, 0, String(MAX_CLUSTERS - 1), "REV")));
  return found.map((members) => new Set(members.map(workflowMemberOf)));
}

/** Redis' Lua lowers ASCII letters only. */
const lowerAscii = (text: string): string => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

/** Epoch seconds of the first and last creation of the workflows whose ids begin like a word's id. */
export function timesOfId({ id }: SearchWord): { from: number; to: number } | undefined {
  if (id === undefined) return undefined;
  const start = workflowMemberOf(id.prefix);
  return idTimeRanges("workflow", "workflow_id", { $regex: `^WF-${start}` })[0];
}
