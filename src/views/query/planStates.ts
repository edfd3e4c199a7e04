import { PHASES } from "../../domain/phases.js";
import { DEACTIVATIONS } from "../../domain/workflow.js";
import { ACTIVE, type EntityKind, type STATE_INDEXES, YES } from "../../store/keys.js";
import type { FilterCompiler } from "./filterCompiler.js";
import { LOGICAL_OPERATORS } from "./filterShape.js";
import type { JsonObject } from "./json.js";
import { MAX_STATE_WORK, WORK } from "./limits.js";
import { ConditionTooCostlyError } from "./meter.js";

/** A value of an index. */
export type IndexValue = string | number;

/** How an index of {@link STATE_INDEXES} follows from documents. A filter on the state is tested on a sample of each. */
interface StateRule {
  readonly field: (typeof STATE_INDEXES)[EntityKind][number];
  /** Whether a path is about the state only. */
  about(path: string): boolean;
  /**
   * `value` undefined: the entity is not in the index. `sample` undefined: documents of this state differ too much for a
   * sample, so any filter may match one.
   */
  readonly states: readonly { readonly value: IndexValue | undefined; readonly sample: JsonObject | undefined }[];
}

const exactly =
  (name: string) =>
  (path: string): boolean =>
    path === name;

const STATE_RULES: Record<EntityKind, readonly StateRule[]> = {
  workflow: [
    {
      field: "deactivated",
      about: exactly("deactivated"),
      states: [null, ...DEACTIVATIONS].map((deactivated) => ({
        value: deactivated ?? ACTIVE,
        sample: { deactivated },
      })),
    },
  ],
  task: [],
  taskforce: [
    { field: "phase", about: exactly("phase"), states: PHASES.map((phase) => ({ value: phase, sample: { phase } })) },
    {
      field: "errors",
      about: (path) => path === "top_task_errors" || path.startsWith("top_task_errors."),
      states: [
        { value: undefined, sample: { top_task_errors: {} } },
        { value: YES, sample: undefined },
      ],
    },
    {
      field: "failures",
      about: exactly("phase_change_log.was_successful"),
      states: [
        { value: undefined, sample: { phase_change_log: [{ was_successful: true }] } },
        { value: YES, sample: undefined },
      ],
    },
  ],
};

/** What a clause is about. */
interface Subject {
  /** The rules that all its paths are about; undefined without paths. */
  readonly rules: readonly StateRule[] | undefined;
  readonly conditions: number;
}

/**
 * Finds what the clauses of a filter say about the indexes of states. Clauses within clauses are tested again and again, so
 * there is a limit: beyond it, this says nothing.
 */
export class StatePlanner {
  readonly #compiler: FilterCompiler;
  readonly #rules: readonly StateRule[];
  /** A deep clause is part of many others. */
  readonly #subjects = new WeakMap<JsonObject, Subject>();
  #work = 0;

  /** @param isComplete whether the index of a field is complete */
  constructor(kind: EntityKind, compiler: FilterCompiler, isComplete: (field: string) => boolean) {
    this.#compiler = compiler;
    this.#rules = STATE_RULES[kind].filter(({ field }) => isComplete(field));
  }

  /** The values of indexes that all matches of a clause have. */
  valuesOf(clause: JsonObject): [field: string, values: ReadonlySet<IndexValue>][] {
    const { rules = [], conditions } = this.#subjectOf(clause);
    return rules.flatMap((rule): [string, ReadonlySet<IndexValue>][] => {
      const possible = this.#possibleValues(rule, clause, conditions);
      return possible === undefined || possible.includes(undefined)
        ? []
        : [[rule.field, new Set(possible as IndexValue[])]];
    });
  }

  /** The states in which a clause may match; undefined when this is too much work. */
  #possibleValues(
    { states }: StateRule,
    clause: JsonObject,
    conditions: number,
  ): (IndexValue | undefined)[] | undefined {
    const { meter } = this.#compiler;
    const before = meter.work;
    const cost = conditions * WORK.compiledCondition;
    if (this.#work + cost > MAX_STATE_WORK) return undefined;
    meter.charge(cost);
    try {
      meter.beginCondition();
      const test = this.#compiler.compileMemberQuery(clause);
      return states.filter(({ sample }) => sample === undefined || test(sample)).map(({ value }) => value);
    } catch (error) {
      if (!(error instanceof ConditionTooCostlyError)) throw error;
      return undefined;
    } finally {
      meter.endConditions();
      this.#work += meter.work - before;
    }
  }

  #subjectOf(clause: JsonObject): Subject {
    const known = this.#subjects.get(clause);
    if (known !== undefined) return known;
    let rules: readonly StateRule[] | undefined;
    let conditions = 0;
    const add = (others: Subject) => {
      conditions += others.conditions;
      if (others.rules === undefined) return;
      rules = rules === undefined ? others.rules : rules.filter((rule) => others.rules?.includes(rule));
    };
    for (const [key, value] of Object.entries(clause)) {
      if (LOGICAL_OPERATORS.has(key)) for (const one of value as JsonObject[]) add(this.#subjectOf(one));
      else if (!key.startsWith("$")) add({ rules: this.#rules.filter(({ about }) => about(key)), conditions: 1 });
    }
    const subject = { rules, conditions };
    this.#subjects.set(clause, subject);
    return subject;
  }
}
