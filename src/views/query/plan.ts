import { hasIndex } from "../../store/indexValues.js";
import { type EntityKind, type IdByKind, INDEXED_FIELDS } from "../../store/keys.js";
import type { FilterCompiler } from "./filterCompiler.js";
import { holdsOperators, isMemberCondition } from "./filterShape.js";
import { ID_CHECK_BY_FIELD, idTimeRanges, isOwnIdField } from "./idTimes.js";
import type { JsonObject } from "./json.js";
import type { ListOperands } from "./listOperands.js";
import type { WorkMeter } from "./meter.js";
import { type IndexValue, StatePlanner } from "./planStates.js";
import { ALL_TIMES, intersectRanges, rangesOfTimes, type TimeRanges, uniteRanges } from "./timeRanges.js";

/** What a filter says about the indexes. Each part holds for every match. */
export interface Constraint<K extends EntityKind = EntityKind> {
  /** The entity has one of these ids; undefined: any. */
  ids?: ReadonlySet<IdByKind[K]>;
  /** The indexed field has one of these values. */
  readonly values: Map<string, ReadonlySet<IndexValue>>;
  /** The entity was created at one of these times. */
  created: TimeRanges;
  /** For each `$or`: one of these constraints holds. */
  readonly alternatives: Constraint<K>[][];
}

/**
 * Finds what a filter says about the indexes. It may say too little, never too much: the caller tests each document with
 * the whole filter.
 *
 * @param filter validated
 * @param compiler of this filter
 * @param isComplete whether the index of a field is complete
 */
export function planFilter<K extends EntityKind>(
  kind: K,
  filter: JsonObject,
  compiler: FilterCompiler,
  isComplete: (field: string) => boolean = () => true,
): Promise<Constraint<K>> {
  const { meter, lists } = compiler;
  const context = { kind, meter, lists, states: new StatePlanner(kind, compiler, isComplete), isComplete };
  return planClause(filter, context);
}

/** What all clauses of a filter share. */
interface PlanContext<K extends EntityKind> {
  readonly kind: K;
  readonly meter: WorkMeter;
  readonly lists: ListOperands;
  readonly states: StatePlanner;
  readonly isComplete: (field: string) => boolean;
}

async function planClause<K extends EntityKind>(clause: JsonObject, context: PlanContext<K>): Promise<Constraint<K>> {
  const { meter, states } = context;
  const constraint: Constraint<K> = { values: new Map(), created: ALL_TIMES, alternatives: [] };
  const addStates = (about: JsonObject) => {
    for (const [field, values] of states.valuesOf(about)) addValues(constraint, field, values);
  };
  const planClauses = async (clauses: readonly JsonObject[]) => {
    const planned: Constraint<K>[] = [];
    for (const one of clauses) {
      await meter.pause();
      planned.push(await planClause(one, context));
    }
    return planned;
  };
  for (const [key, operand] of Object.entries(clause)) {
    const due = meter.pause();
    if (due !== undefined) await due;
    if (key === "$and") {
      for (const one of await planClauses(operand as JsonObject[])) addConstraint(constraint, one);
      continue;
    }
    if (key === "$nor") for (const one of operand as JsonObject[]) addStates({ $nor: [one] });
    else addStates({ [key]: operand });
    if (key === "$or") {
      const branches = await planClauses(operand as JsonObject[]);
      constraint.created = intersectRanges(constraint.created, uniteRanges(branches.flatMap(({ created }) => created)));
      constraint.alternatives.push(branches);
    }
    if (key.startsWith("$")) continue;
    addField(constraint, key, holdsOperators(operand) ? operand : { $eq: operand }, context);
    const success = successConditionOf(key, operand);
    if (success !== undefined) addStates({ "phase_change_log.was_successful": success });
  }
  return constraint;
}

/** Adds what a condition on one field says. */
function addField<K extends EntityKind>(
  constraint: Constraint<K>,
  field: string,
  operators: JsonObject,
  { kind, lists, isComplete }: PlanContext<K>,
): void {
  if (field === "timestamp") constraint.created = intersectRanges(constraint.created, creationTimes(operators));
  constraint.created = intersectRanges(constraint.created, idTimeRanges(kind, field, operators));
  const isOwnId = isOwnIdField(kind, field);
  const isIndexed = (INDEXED_FIELDS[kind] as readonly string[]).includes(field) && isComplete(field);
  if (!isOwnId && !isIndexed) return;
  const { $eq, $in } = operators;
  for (const list of [...($eq === undefined ? [] : [[$eq]]), ...($in === undefined ? [] : [$in as unknown[]])]) {
    if (!list.every(indexableCheck(field))) continue;
    const isId = ID_CHECK_BY_FIELD.get(field);
    const given = lists.split(list).scalars as ReadonlySet<IndexValue>;
    // A malformed id matches nothing.
    const values = isId === undefined ? given : new Set([...given].filter((value) => isId(String(value))));
    if (isOwnId) constraint.ids = intersectSets(constraint.ids, values as ReadonlySet<unknown> as Set<IdByKind[K]>);
    else addValues(constraint, field, values);
  }
}

const NUMBER_FIELDS: ReadonlySet<string> = new Set(["cluster_id", "priority"]);

/** Whether an index has a value. Null, "" and values of other types are in no index: their entities would be missed. */
const indexableCheck = (field: string): ((value: unknown) => boolean) => {
  const isOfType = NUMBER_FIELDS.has(field) ? Number.isSafeInteger : (value: unknown) => typeof value === "string";
  return (value) => isOfType(value) && hasIndex(field, value);
};

function addConstraint<K extends EntityKind>(constraint: Constraint<K>, other: Constraint<K>): void {
  if (other.ids !== undefined) constraint.ids = intersectSets(constraint.ids, other.ids);
  for (const [field, values] of other.values) addValues(constraint, field, values);
  constraint.created = intersectRanges(constraint.created, other.created);
  constraint.alternatives.push(...other.alternatives);
}

const addValues = ({ values }: Constraint, field: string, more: ReadonlySet<IndexValue>): void =>
  void values.set(field, intersectSets(values.get(field), more));

function intersectSets<T>(known: ReadonlySet<T> | undefined, more: ReadonlySet<T>): ReadonlySet<T> {
  if (known === undefined) return more;
  const [small, large] = known.size < more.size ? [known, more] : [more, known];
  return new Set([...small].filter((value) => large.has(value)));
}

/** The times that match a condition on `timestamp`. */
function creationTimes(operators: JsonObject): TimeRanges {
  const bounds = (...names: string[]): number[] =>
    names.map((name) => operators[name]).filter((bound) => typeof bound === "number");
  const range = {
    from: Math.max(Number.NEGATIVE_INFINITY, ...bounds("$eq", "$gt", "$gte")),
    to: Math.min(Number.POSITIVE_INFINITY, ...bounds("$eq", "$lt", "$lte")),
  };
  const { $in } = operators;
  if ($in === undefined) return [range];
  // The field is always a number: other values match nothing.
  const points = ($in as unknown[]).filter((point) => typeof point === "number");
  return intersectRanges([range], rangesOfTimes(points));
}

/** The condition on `was_successful` that a filter sets for one entry of the log; undefined for none. */
function successConditionOf(key: string, operand: unknown): unknown {
  const members = key === "phase_change_log" && holdsOperators(operand) ? operand["$elemMatch"] : undefined;
  return members === undefined || isMemberCondition(members as JsonObject)
    ? undefined
    : (members as JsonObject)["was_successful"];
}
