import { isScalar, type JsonObject } from "./json.js";
import type { WorkMeter } from "./meter.js";

/** The members of a list: texts, numbers, booleans and nulls are looked up in a set, the others are compared one by one. */
export interface SplitList {
  readonly scalars: ReadonlySet<unknown>;
  readonly others: readonly unknown[];
}

/** A longer list is converted in slices, before the filter is compiled: 200,000 members take 30 ms. */
const LONG_LIST_MEMBERS = 5_000;
/** Members between two looks at the clock. */
const MEMBERS_PER_STEP = 1_000;

/** The lists of a filter. Each is converted once, although the planner and the compiler use it several times. */
export class ListOperands {
  readonly #splitLists = new WeakMap<readonly unknown[], SplitList>();

  /** The members of a list. */
  split(list: readonly unknown[]): SplitList {
    const known = this.#splitLists.get(list);
    if (known !== undefined) return known;
    const split = {
      scalars: new Set(list.filter(isScalar)),
      others: list.filter((value) => !isScalar(value)),
    };
    this.#splitLists.set(list, split);
    return split;
  }

  /** Converts the long lists of a filter in slices. */
  async prepareLongLists(filter: JsonObject, meter: WorkMeter): Promise<void> {
    const parts: unknown[] = [filter];
    for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
      await meter.pause();
      if (Array.isArray(part) && part.length > LONG_LIST_MEMBERS) await this.#splitInSlices(part, meter);
      else if (!isScalar(part)) for (const member of Object.values(part as object)) parts.push(member ?? null);
    }
  }

  async #splitInSlices(list: readonly unknown[], meter: WorkMeter): Promise<void> {
    const scalars = new Set<unknown>();
    const others: unknown[] = [];
    for (const [index, value] of list.entries()) {
      if (index % MEMBERS_PER_STEP === 0) await meter.pause();
      if (isScalar(value)) scalars.add(value);
      else others.push(value);
    }
    this.#splitLists.set(list, { scalars, others });
  }
}
