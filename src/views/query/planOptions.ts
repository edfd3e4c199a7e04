import type { EntityKind, IdByKind } from "../../store/keys.js";
import { MAX_COMPARED_OPTIONS, MAX_PAGE_WORK, MAX_SELECTIVE_RANGES, WORK } from "./limits.js";
import type { Constraint } from "./plan.js";
import type { IndexValue } from "./planStates.js";
import { isAllTimes, type TimeRanges } from "./timeRanges.js";

/** Entities with one of some values in an index. */
export interface IndexedSource {
  readonly by: "index";
  readonly field: string;
  readonly values: ReadonlySet<IndexValue>;
  readonly created: TimeRanges;
}

/** Entities to look at: those with an id, those with a value in an index, or all; of some creation times. */
export type Source<K extends EntityKind = EntityKind> =
  | { readonly by: "ids"; readonly ids: ReadonlySet<IdByKind[K]>; readonly created: TimeRanges }
  | IndexedSource
  | { readonly by: "all"; readonly created: TimeRanges };

/** Whether a source is a few ranges of an index in each partition: one script reads or looks up several such sources. */
export const isSelective = (source: Source): source is IndexedSource =>
  source.by === "index" && source.values.size * source.created.length <= MAX_SELECTIVE_RANGES;

/** The sources, and unions of sources, that hold all matches of a constraint. */
export interface PlanOptions<K extends EntityKind = EntityKind> {
  /** Each holds all matches. The scan of all entities is the last. */
  readonly sources: readonly Source<K>[];
  /** In each, the branches together hold all matches. */
  readonly unions: readonly (readonly PlanOptions<K>[])[];
}

/** Lists the options of a constraint. */
export function listOptions<K extends EntityKind>(constraint: Constraint<K>): PlanOptions<K> {
  const { ids, values, created, alternatives } = constraint;
  const sources: Source<K>[] = [];
  if (ids !== undefined) sources.push({ by: "ids", ids, created });
  for (const [field, allowed] of values) sources.push({ by: "index", field, values: allowed, created });
  sources.push({ by: "all", created });
  const unions = alternatives.slice(0, MAX_COMPARED_OPTIONS).map((branches) => branches.map(listOptions));
  return { sources, unions };
}

/** All sources of the options, those of nested ones included. */
export function* sourcesIn<K extends EntityKind>({ sources, unions }: PlanOptions<K>): Generator<Source<K>> {
  yield* sources;
  for (const branches of unions) for (const branch of branches) yield* sourcesIn(branch);
}

/** Indexed fields whose values have few entities. The TMSes of many schedds may share a path of event logs. */
const NEARLY_UNIQUE_FIELDS: ReadonlySet<string> = new Set(["workflow_id", "task_id", "cluster_id"]);

/** Whether an index by such a field is read without counting the entries of others. */
export const isNearlyUnique = ({ field }: IndexedSource): boolean => NEARLY_UNIQUE_FIELDS.has(field);

/** The estimated work of a source. */
export interface SourceSize {
  /** Ranges of indexes to read for each page. */
  readonly ranges: number;
  readonly entities: number;
}

/** Chooses the sources with the least work that together hold all matches. */
export function chooseSources<K extends EntityKind>(
  { sources, unions }: PlanOptions<K>,
  sizeOf: (source: Source<K>) => SourceSize,
): readonly Source<K>[] {
  const united = unions.map((branches) => branches.flatMap((branch) => chooseSources(branch, sizeOf)));
  let chosen: readonly Source<K>[] = [];
  let least = Number.POSITIVE_INFINITY;
  for (const option of [...sources.map((source) => [source]), ...united]) {
    // A union with a scan of all entities is no better than the scan.
    if (option.length > 1 && option.some(isWholeScan)) continue;
    const work = estimateWork(option.map(sizeOf));
    if (work < least) [chosen, least] = [option, work];
  }
  return chosen;
}

/** Whether a source is all entities. */
export const isWholeScan = ({ by, created }: Source): boolean => by === "all" && isAllTimes(created);

function estimateWork(sizes: readonly SourceSize[]): number {
  const rangeWork = WORK.indexRange * sizes.reduce((sum, { ranges }) => sum + ranges, 0);
  // A page could not even read the indexes. The scan of all entities always gets on.
  if (rangeWork > MAX_PAGE_WORK && sizes.length + (sizes[0]?.ranges ?? 0) > 1) return Number.MAX_VALUE;
  return rangeWork + WORK.entity * sizes.reduce((sum, { entities }) => sum + entities, 0);
}
