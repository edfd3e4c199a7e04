import { invalid, WmsError } from "../../domain/wmsError.js";
import type { MemberOrigin } from "../../store/documents.js";
import { FilterCompiler, type Steps } from "./filterCompiler.js";
import { holdsOperators, LOGICAL_OPERATORS } from "./filterShape.js";
import type { JsonObject } from "./json.js";
import { MAX_PAGE_WORK } from "./limits.js";
import type { ListOperands } from "./listOperands.js";
import { type ClausePlaces, mergeEqualities } from "./mergeEqualities.js";
import { ConditionTooCostlyError, type WorkMeter } from "./meter.js";
import type { IndexValue } from "./planStates.js";
import { FilterPatterns } from "./regex.js";
import { validationSteps } from "./validateFilter.js";

/** Characters of a document whose test is not interrupted, unless the filter is large. */
const SMALL_DOCUMENT_CHARACTERS = 20_000;
/** Conditions of a filter that are tested on a small document without interruption: about 1 ms. */
const SMALL_FILTER_CONDITIONS = 200;

/** The conditions of a filter that need the same parts of a document. All stages hold for a match. */
export interface FilterStage {
  /** The costliest part that they need. */
  readonly origin: MemberOrigin;
  /** The top-level members that they test. */
  readonly names: ReadonlySet<string>;
  /**
   * Tests an object with these members of a document. It was read from a text with a length in characters.
   *
   * @throws WmsError `invalid` that names a condition which needs too much work on this document
   */
  readonly matches: (document: object, length: number) => boolean | Promise<boolean>;
}

/** A filter that is ready to be planned and compiled. */
export interface PreparedFilter {
  /** An equivalent, simpler filter. */
  readonly query: JsonObject;
  readonly compiler: FilterCompiler;
  readonly places: ClausePlaces;
  /** Whether its conditions are so few that they are tested on a small document without interruption. */
  readonly isSmall: boolean;
}

/**
 * Checks and simplifies a MongoDB filter.
 *
 * @throws WmsError `invalid` that names the field of an unusable filter
 */
export async function prepareFilter(filter: Record<string, unknown>, meter: WorkMeter): Promise<PreparedFilter> {
  const patterns = new FilterPatterns(meter);
  let conditionCount = 0;
  for (const _ of validationSteps(filter, patterns)) {
    conditionCount++;
    await meter.pause();
  }
  await meter.pause();
  const places: ClausePlaces = new WeakMap();
  const query = mergeEqualities(filter, places);
  await meter.pause();
  const compiler = new FilterCompiler(patterns, meter, places);
  await compiler.lists.prepareLongLists(query, meter);
  return { query, compiler, places, isSmall: conditionCount <= SMALL_FILTER_CONDITIONS };
}

/** What is known of the entities that a filter is tested on. */
export interface KnownOfEntities {
  /** From where a top-level member comes. */
  readonly originOf: (name: string) => MemberOrigin;
  /** Members of which each entity is known to have one of some values: conditions that all of them meet are left out. */
  readonly valuesOfMembers: ReadonlyMap<string, ReadonlySet<IndexValue>>;
}

/**
 * Compiles a filter to stages, the cheapest first; none matches all documents.
 *
 * @throws WmsError `invalid` that names a condition
 */
export async function compileStages(
  { query, compiler, places, isSmall }: PreparedFilter,
  known: KnownOfEntities,
): Promise<readonly FilterStage[]> {
  const { meter } = compiler;
  const conjuncts = groupConjuncts(query, places, compiler.lists, known);
  const stages: FilterStage[] = [];
  for (const origin of ORIGINS_BY_COST) {
    const found = conjuncts.get(origin);
    if (found === undefined) continue;
    const test = rethrowAsInvalid(compiler, () => compiler.compileQuery({ $and: found.clauses }));
    await meter.pause();
    const matches: FilterStage["matches"] = (document, length) =>
      length <= SMALL_DOCUMENT_CHARACTERS && isSmall
        ? rethrowAsInvalid(compiler, () => test.matches(document))
        : runSteps(compiler, test.matchesInSteps(document));
    stages.push({ origin, names: found.names, matches });
  }
  return stages;
}

const ORIGINS_BY_COST = ["entry", "configuration", "record"] as const satisfies readonly MemberOrigin[];

/** Groups the clauses that must all hold by the costliest part of a document that they need. */
function groupConjuncts(
  query: JsonObject,
  places: ClausePlaces,
  lists: ListOperands,
  { originOf, valuesOfMembers }: KnownOfEntities,
): Map<MemberOrigin, { clauses: JsonObject[]; names: Set<string> }> {
  const groups = new Map<MemberOrigin, { clauses: JsonObject[]; names: Set<string> }>();
  for (const clause of conjunctsOf(query, places)) {
    if (isMetByAll(clause, valuesOfMembers, lists)) continue;
    const names = memberNamesOf(clause);
    const origins = new Set([...names].map(originOf));
    // Two origins: only the whole document has both members.
    const isOfConfiguration = origins.has("configuration") && !origins.has("record");
    const isOfBoth = isOfConfiguration && origins.has("entry");
    const origin = origins.has("record") || isOfBoth ? "record" : isOfConfiguration ? "configuration" : "entry";
    const group = groups.get(origin) ?? { clauses: [], names: new Set<string>() };
    groups.set(origin, group);
    group.clauses.push(clause);
    for (const name of names) group.names.add(name);
  }
  return groups;
}

/** The clauses of which a filter is the conjunction, each with one key. */
function* conjunctsOf(query: JsonObject, places: ClausePlaces): Generator<JsonObject> {
  for (const [key, value] of Object.entries(query)) {
    if (key === "$and") {
      for (const clause of value as JsonObject[]) yield* conjunctsOf(clause, places);
      continue;
    }
    const clause = { [key]: value };
    places.set(clause, places.get(query) ?? "query");
    yield clause;
  }
}

/** Whether a clause with one key compares a top-level member with values only, and all known values are among them. */
function isMetByAll(
  clause: JsonObject,
  valuesOfMembers: ReadonlyMap<string, ReadonlySet<IndexValue>>,
  lists: ListOperands,
): boolean {
  const [[name, condition] = ["", undefined]] = Object.entries(clause);
  const values = valuesOfMembers.get(name);
  if (values === undefined) return false;
  if (!holdsOperators(condition)) return [...values].every((value) => value === condition);
  return Object.entries(condition).every(([operator, operand]) => {
    if (operator === "$eq") return [...values].every((value) => value === operand);
    if (operator !== "$in") return false;
    const { scalars } = lists.split(operand as unknown[]);
    return [...values].every((value) => scalars.has(value));
  });
}

/** The top-level members that a clause tests. */
function memberNamesOf(clause: JsonObject, names = new Set<string>()): Set<string> {
  for (const [key, value] of Object.entries(clause))
    if (LOGICAL_OPERATORS.has(key)) for (const one of value as JsonObject[]) memberNamesOf(one, names);
    else names.add(key.split(".", 1)[0] as string);
  return names;
}

async function runSteps(compiler: FilterCompiler, steps: Steps): Promise<boolean> {
  const { meter } = compiler;
  const workBefore = meter.work;
  for (;;) {
    const step = rethrowAsInvalid(compiler, () => steps.next());
    if (step.done) return step.value;
    await meter.pause();
    if (meter.work - workBefore > MAX_PAGE_WORK) throw tooCostly("query");
  }
}

const tooCostly = (place: string): WmsError =>
  invalid(`${place}: takes too much work on a single document; use fewer or simpler conditions`);

/** Reports every error of a filter as the client's: a 400, not a 500. */
function rethrowAsInvalid<T>(compiler: FilterCompiler, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof WmsError) throw error;
    if (error instanceof ConditionTooCostlyError) throw tooCostly(compiler.currentPlace);
    throw invalid(`query: ${(error as Error).message}`);
  } finally {
    compiler.meter.endConditions();
  }
}
