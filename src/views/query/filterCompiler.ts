import { bsonTypeTest } from "./bsonTypes.js";
import { compareValues, isSameValue, toLiteral } from "./compareValues.js";
import { DocumentPaths, type PathValues, singleValue } from "./documentPaths.js";
import { holdsOperators, isMemberCondition, LOGICAL_OPERATORS } from "./filterShape.js";
import { isScalar, type JsonObject } from "./json.js";
import { WORK } from "./limits.js";
import { ListOperands } from "./listOperands.js";
import type { ClausePlaces } from "./mergeEqualities.js";
import type { WorkMeter } from "./meter.js";
import type { FilterPatterns } from "./regex.js";

/** Tests the values at a path. */
type PathTest = (found: PathValues) => boolean;
/** Compiles one validated operand. @param siblings the operator and those beside it */
type OperatorCompiler<Operand> = (operand: Operand, siblings: JsonObject, compiler: FilterCompiler) => PathTest;

const negate =
  <Operand>(testOf: OperatorCompiler<Operand>): OperatorCompiler<Operand> =>
  (...given) => {
    const test = testOf(...given);
    return (found) => !test(found);
  };

/** Whether the test holds for any of the values. */
const anyValue =
  (meter: WorkMeter, holds: (value: unknown) => boolean): PathTest =>
  ({ values }) => {
    meter.charge((values.length + 1) * WORK.value);
    return values.some(holds);
  };

/** A missing field equals null. */
const equals: OperatorCompiler<unknown> = (operand, _siblings, { meter }) => {
  const literal = toLiteral(operand);
  return anyValue(
    meter,
    isScalar(operand) ? (value) => (value ?? null) === operand : (value) => isSameValue(value, literal, meter),
  );
};

const comparison =
  (holds: (order: number) => boolean): OperatorCompiler<unknown> =>
  (operand, _siblings, { meter }) => {
    const literal = toLiteral(operand);
    return anyValue(meter, (value) => {
      const order = compareValues(value, literal, meter);
      return order !== undefined && holds(order);
    });
  };

/** Tests whether a list holds a value. */
function listTest(operands: readonly unknown[], { lists, meter }: FilterCompiler): (value: unknown) => boolean {
  const { scalars, others } = lists.split(operands);
  const literals = others.map(toLiteral);
  return (value) => {
    if (typeof value === "string") meter.charge(value.length * WORK.comparedCharacter);
    return scalars.has(value ?? null) || literals.some((literal) => isSameValue(value, literal, meter));
  };
}

const isIn: OperatorCompiler<readonly unknown[]> = (operand, _siblings, compiler) =>
  anyValue(compiler.meter, listTest(operand, compiler));

const exists: OperatorCompiler<boolean | number> = (operand, _siblings, { meter }) => {
  const wanted = Boolean(operand);
  return ({ ends }) => {
    meter.charge(ends.length * WORK.value);
    return ends.some((value) => value !== undefined) === wanted;
  };
};

const ofType: OperatorCompiler<unknown> = (operand, _siblings, { meter }) => {
  const tests = (Array.isArray(operand) ? [...new Set(operand)] : [operand]).map((type) => bsonTypeTest(type));
  return anyValue(meter, (value) => {
    meter.charge(tests.length);
    return tests.some((test) => test?.(value));
  });
};

const regex: OperatorCompiler<string> = (operand, siblings, { patterns, meter }) => {
  const options = Object.hasOwn(siblings, "$options") ? (siblings["$options"] as string) : "";
  const test = patterns.compile(operand, options);
  return anyValue(meter, (value) => typeof value === "string" && test(value));
};

const ofSize: OperatorCompiler<number> =
  (operand, _siblings, { meter }) =>
  ({ ends }) => {
    meter.charge(ends.length * WORK.value);
    return ends.some((value) => Array.isArray(value) && value.length === operand);
  };

/** MongoDB computes with 64-bit integers: fractions are cut off, larger numbers match nothing. */
const modulo: OperatorCompiler<readonly [number, number]> = ([divisor, remainder], _siblings, { meter }) => {
  const [by, rest] = [Math.trunc(divisor), Math.trunc(remainder)];
  return anyValue(
    meter,
    (value) => typeof value === "number" && value >= -(2 ** 63) && value < 2 ** 63 && Math.trunc(value) % by === rest,
  );
};

const elemMatch: OperatorCompiler<JsonObject> = (operand, _siblings, compiler) => {
  const { meter } = compiler;
  const test = isMemberCondition(operand) ? compiler.compileCondition(operand) : undefined;
  const holds =
    test === undefined ? compiler.compileMemberQuery(operand) : (member: unknown) => test(singleValue(member));
  return ({ ends }) =>
    ends.some((value) => {
      if (!Array.isArray(value)) return false;
      meter.charge(value.length * WORK.value);
      return value.some(holds);
    });
};

const all: OperatorCompiler<readonly unknown[]> = (operand, siblings, compiler) => {
  const { scalars, others } = compiler.lists.split(operand);
  const tests = others.map((value) =>
    holdsOperators(value)
      ? elemMatch(value["$elemMatch"] as JsonObject, siblings, compiler)
      : equals(value, siblings, compiler),
  );
  return (found) =>
    operand.length > 0 && containsAll(scalars, found.values, compiler.meter) && tests.every((test) => test(found));
};

function containsAll(scalars: ReadonlySet<unknown>, values: readonly unknown[], meter: WorkMeter): boolean {
  if (scalars.size > values.length) return false;
  meter.charge(values.length * WORK.value);
  const held = new Set(values.map((value) => value ?? null).filter((value) => scalars.has(value)));
  return held.size === scalars.size;
}

// biome-ignore lint/suspicious/noExplicitAny: each operator has an operand of its own type, which the validator checks.
const OPERATOR_COMPILERS: ReadonlyMap<string, OperatorCompiler<any>> = new Map<string, OperatorCompiler<any>>([
  ["$eq", equals],
  ["$ne", negate(equals)],
  ["$gt", comparison((order) => order > 0)],
  ["$gte", comparison((order) => order >= 0)],
  ["$lt", comparison((order) => order < 0)],
  ["$lte", comparison((order) => order <= 0)],
  ["$in", isIn],
  ["$nin", negate(isIn)],
  ["$not", negate((operand: JsonObject, _siblings, compiler) => compiler.compileCondition(operand))],
  ["$exists", exists],
  ["$type", ofType],
  ["$regex", regex],
  ["$size", ofSize],
  ["$mod", modulo],
  ["$elemMatch", elemMatch],
  ["$all", all],
]);

/** A part of a filter. It tests the current document of its {@link DocumentPaths}. */
interface Clause {
  holds(): boolean;
  /** The same in steps; undefined for a single condition. */
  steps?: () => Steps;
}
/** Yields whenever the conditions so far took a while; returns whether the clause holds. */
export type Steps = Generator<void, boolean, void>;

/** Work after which the steps yield: about 1 ms. */
const STEP_WORK = 100_000;

/** A compiled filter. Both functions give the same result. */
export interface DocumentTest {
  matches(document: object): boolean;
  /** For large documents: the caller may yield to other requests between the steps. */
  matchesInSteps(document: object): Steps;
}

/** Compiles a validated filter to closures, which count their work. */
export class FilterCompiler {
  readonly patterns: FilterPatterns;
  readonly meter: WorkMeter;
  readonly lists = new ListOperands();
  /** The place in the filter of the condition that is tested at the moment. */
  currentPlace = "query";

  readonly #places: ClausePlaces;

  /** @param places of the clauses in the filter of the client; otherwise errors name those in the compiled filter */
  constructor(patterns: FilterPatterns, meter: WorkMeter, places: ClausePlaces = new WeakMap()) {
    this.patterns = patterns;
    this.meter = meter;
    this.#places = places;
  }

  /** Compiles a test of whole documents. */
  compileQuery(query: JsonObject): DocumentTest {
    const paths = new DocumentPaths(this.meter);
    const clause = this.#compileClause(query, paths, this.#places.get(query) ?? "query");
    return {
      matches: (document) => {
        paths.setDocument(document);
        return clause.holds();
      },
      matchesInSteps: (document) => {
        paths.setDocument(document);
        return stepsOf(clause);
      },
    };
  }

  /** Compiles a test of members of an array. Only objects and arrays have fields. */
  compileMemberQuery(query: JsonObject): (member: unknown) => boolean {
    const paths = new DocumentPaths(this.meter);
    const clause = this.#compileClause(query, paths, undefined);
    return (member) => {
      if (typeof member !== "object" || member === null) return false;
      paths.setDocument(member);
      return clause.holds();
    };
  }

  /** Compiles operators to a test of the values at one path. `$options` belongs to the `$regex` beside it. */
  compileCondition(operators: JsonObject): PathTest {
    const tests = Object.entries(operators).flatMap(
      ([name, operand]) => OPERATOR_COMPILERS.get(name)?.(operand, operators, this) ?? [],
    );
    const [first] = tests;
    return first !== undefined && tests.length === 1 ? first : (found) => tests.every((test) => test(found));
  }

  /**
   * Compiles a test of the current document: first the logical operators, then single fields.
   *
   * @param place of the query, for errors; undefined within `$elemMatch`, whose conditions count as one
   */
  #compileClause(query: JsonObject, paths: DocumentPaths, place: string | undefined): Clause {
    const fields: Clause[] = [];
    const logical: Clause[] = [];
    for (const [key, value] of Object.entries(query)) {
      const keyPlace = place === undefined ? undefined : `${place}.${key}`;
      if (LOGICAL_OPERATORS.has(key)) logical.push(this.#compileLogical(key, value as JsonObject[], paths, keyPlace));
      else fields.push(this.#compileField(key, holdsOperators(value) ? value : { $eq: value }, paths, keyPlace));
    }
    return combineClauses([...logical, ...fields], false, false, this.meter);
  }

  #compileLogical(operator: string, clauses: readonly JsonObject[], paths: DocumentPaths, place?: string): Clause {
    const compiled = clauses.map((clause, index) =>
      this.#compileClause(clause, paths, place && (this.#places.get(clause) ?? `${place}[${index}]`)),
    );
    return operator === "$and"
      ? combineClauses(compiled, false, false, this.meter)
      : combineClauses(compiled, true, operator === "$or", this.meter);
  }

  #compileField(path: string, operators: JsonObject, paths: DocumentPaths, place: string | undefined): Clause {
    let compiled: { findValues: () => PathValues; test: PathTest } | undefined;
    const compile = () => {
      this.meter.charge(WORK.compiledCondition);
      return { findValues: paths.resolverOf(path), test: this.compileCondition(operators) };
    };
    const holds = () => {
      if (place !== undefined) {
        this.currentPlace = place;
        this.meter.beginCondition();
      }
      this.meter.charge(WORK.condition);
      // On first use, between whose steps other requests run: to compile ten thousand at once takes a tenth of a second.
      compiled ??= compile();
      return compiled.test(compiled.findValues());
    };
    return { holds };
  }
}

/**
 * Combines clauses up to the first one that decides.
 *
 * @param deciding the result of a clause that decides
 * @param decided the result of the combination then; otherwise it is the opposite
 */
function combineClauses(clauses: readonly Clause[], deciding: boolean, decided: boolean, meter: WorkMeter): Clause {
  const [first] = clauses;
  if (first !== undefined && clauses.length === 1 && deciding === decided) return first;
  return {
    holds: () => (clauses.some((clause) => clause.holds() === deciding) ? decided : !decided),
    *steps() {
      let workBefore = meter.work;
      for (const clause of clauses) {
        const holds = clause.steps === undefined ? clause.holds() : yield* clause.steps();
        if (holds === deciding) return decided;
        if (meter.work - workBefore < STEP_WORK) continue;
        yield;
        workBefore = meter.work;
      }
      return !decided;
    },
  };
}

function* stepsOf({ holds, steps }: Clause): Steps {
  return steps === undefined ? holds() : yield* steps();
}
