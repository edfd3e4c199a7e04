import { indexKey, indexKeysToRead } from "../../store/keys.js";
import { runScript } from "../../store/scripts.js";
import type { Store } from "../../store/store.js";
import { comparePositions } from "../query/cursor.js";
import type { ListFilter, PartCondition } from "./listFilter.js";
import type { SearchWord } from "./searchWords.js";
import { isByCreation, keyOfSet, type WorkflowSet } from "./walkedSets.js";

/** Work of one script, in units of about a microsecond: it blocks Redis for a few milliseconds. */
const WORK_PER_SCRIPT = 2000;

/** A place in a walk: the score in a sorted set as Redis writes it, then the member. */
export interface ListPosition {
  readonly score: string;
  readonly member: string;
}

/** The comparison of positions: a walk begins at the highest. */
export const comparePlaces = (one: ListPosition, other: ListPosition): number =>
  comparePositions(
    { score: Number(one.score), member: one.member },
    { score: Number(other.score), member: other.member },
  );

/** What a walk looks for. */
export interface WalkConditions {
  readonly filter: ListFilter;
  readonly words: readonly SearchWord[];
  /** Matches are in none of these. */
  readonly none?: readonly WorkflowSet[];
}

/** The matches in one sorted set of one partition, from the highest score down. */
export class WorkflowWalk {
  readonly #store: Store;
  readonly #partition: number;
  readonly #set: WorkflowSet;
  readonly #conditions: WalkConditions;
  /** Undefined: nothing is left to walk. */
  #position: ListPosition | undefined;
  readonly #found: ListPosition[] = [];

  /** @param after where the walk begins; undefined: at the first */
  constructor(
    store: Store,
    partition: number,
    set: WorkflowSet,
    conditions: WalkConditions,
    after: ListPosition | undefined,
  ) {
    this.#store = store;
    this.#partition = partition;
    this.#set = set;
    this.#conditions = conditions;
    this.#position = later(after, this.#newestAllowed());
  }

  /** The first match that is not taken yet; undefined: none is known. */
  get first(): ListPosition | undefined {
    return this.#found[0];
  }

  /** Up to where this walk has found all matches; undefined: up to its end. */
  get reached(): ListPosition | undefined {
    return this.#position;
  }

  /** Removes {@link first}. */
  take(): void {
    this.#found.shift();
  }

  /** Removes all known matches. */
  takeAll(): string[] {
    return this.#found.splice(0).map(({ member }) => member);
  }

  /** Walks on, for at most so many matches. @returns the work, in units of about a microsecond */
  async advance(limit: number): Promise<number> {
    if (this.#position === undefined) return 0;
    const keys = [keyOfSet(this.#partition, this.#set), keyOfSet(this.#partition, "all")];
    const reply = (await runScript(this.#store.redis, "walkWorkflows", keys, [this.#requestJson(limit)])) as string[];
    const [work = "0", member = "", score = "", ...matches] = reply;
    this.#position = member === "" ? undefined : { member, score };
    for (let index = 0; index < matches.length; index += 2)
      this.#found.push({ member: matches[index] as string, score: matches[index + 1] as string });
    return Number(work);
  }

  /** The place before which all workflows are too new. */
  #newestAllowed(): ListPosition {
    const { to } = this.#conditions.filter;
    return to === undefined || !isByCreation(this.#set) ? BEGINNING : { score: String(to), member: AFTER_ALL_MEMBERS };
  }

  #requestJson(limit: number): string {
    const { filter, words, none = [] } = this.#conditions;
    const keyOf = (set: WorkflowSet) => keyOfSet(this.#partition, set);
    const own = keyOf(this.#set);
    const groups = filter.groups.map((group) => group.map(keyOf)).filter((keys) => !keys.includes(own));
    const { from, to } = filter;
    return JSON.stringify({
      limit,
      budget: WORK_PER_SCRIPT,
      after: this.#position === BEGINNING ? undefined : [this.#position?.score, this.#position?.member],
      groups,
      none: none.map(keyOf),
      from: from === undefined ? undefined : String(from),
      to: to === undefined ? undefined : String(to),
      ...(filter.either !== undefined && {
        either: {
          keys: filter.either.sets.map(keyOf),
          parts: filter.either.parts.map((part) => this.#partKeys(part)),
        },
      }),
      last: from !== undefined && isByCreation(this.#set) ? String(from) : undefined,
      parts: filter.parts.map((part) => this.#partKeys(part)),
      words: words.map((word) => this.#wordJson(word)),
    });
  }

  #wordJson({ text, id, parts, clusterMembers }: SearchWord): object {
    const members = [...(clusterMembers?.[this.#partition] ?? [])].map((member) => [member, true]);
    return {
      text,
      json: JSON.stringify(text).slice(1, -1),
      ...id,
      ...(parts !== undefined && { parts: this.#partKeys(parts) }),
      ...(members.length > 0 && { members: Object.fromEntries(members) as object }),
    };
  }

  #partKeys({ kind, field, values, phase }: PartCondition): { kind: string; keys: string[]; phase?: string } {
    return {
      kind,
      keys: values.flatMap((value) => indexKeysToRead(this.#partition, kind, field, value)),
      ...(phase !== undefined && { phase: indexKey(this.#partition, kind, "phase", phase) }),
    };
  }
}

const BEGINNING: ListPosition = { score: "Infinity", member: "" };
/** Members consist of hexadecimal digits and hyphens. */
const AFTER_ALL_MEMBERS = "~";

/** The one of two places that a walk reaches later. */
function later(one: ListPosition | undefined, other: ListPosition): ListPosition {
  if (one === undefined) return other;
  return other === BEGINNING || comparePlaces(one, other) < 0 ? one : other;
}
