import { parseJsonInSlices } from "../../domain/parseJsonInSlices.js";
import { digestOf, type IndexEntry, type ReadPart } from "../../store/documentReader.js";
import type { MemberOrigin } from "../../store/documents.js";
import type { EntityKind } from "../../store/keys.js";
import { WORK } from "./limits.js";
import type { WorkMeter } from "./meter.js";
import type { FilterStage } from "./prepareFilter.js";
import type { DocumentMembers, QuerySource } from "./querySource.js";

/** A text of this length is parsed in a millisecond. A longer one is parsed, and made, in slices. */
export const LARGE_TEXT_CHARACTERS = 250_000;

/** The stages of a filter on the data of a query. */
export class StageTests<K extends EntityKind> {
  readonly #source: QuerySource<K>;
  readonly #kind: K;
  readonly #meter: WorkMeter;
  readonly #byOrigin: ReadonlyMap<MemberOrigin, FilterStage>;
  readonly #entryMembers: DocumentMembers;
  /** Whether the configurations match, by digest: many taskforces share one. */
  readonly #decided = new Map<string, boolean>();

  constructor(source: QuerySource<K>, kind: K, stages: readonly FilterStage[], meter: WorkMeter) {
    this.#source = source;
    this.#kind = kind;
    this.#meter = meter;
    this.#byOrigin = new Map(stages.map((stage) => [stage.origin, stage]));
    this.#entryMembers = source.select(kind, this.#byOrigin.get("entry")?.names ?? new Set());
  }

  /** Whether some conditions need more than the entry of an index. */
  get needRecords(): boolean {
    return this.#byOrigin.has("configuration") || this.#byOrigin.has("record");
  }

  /** Selects what the filter needs of records, and further members. @param names undefined: all members */
  select(names: Iterable<string> | undefined): DocumentMembers {
    const needed = names && new Set([...(this.#byOrigin.get("record")?.names ?? []), ...names]);
    return this.#source.select(this.#kind, needed, { withDigest: this.#byOrigin.has("configuration") });
  }

  /** Tests what is known from an entry of an index. */
  matchesEntry(entry: IndexEntry): boolean | Promise<boolean> {
    const stage = this.#byOrigin.get("entry");
    if (stage === undefined) return true;
    const part = this.#source.partOfEntry(this.#kind, entry);
    return stage.matches(this.#entryMembers.valuesOf(part), 0);
  }

  /** Tests what was read of an entity. */
  matchesPart(part: ReadPart, members: DocumentMembers): boolean | Promise<boolean> {
    const stage = this.#byOrigin.get("configuration");
    if (stage === undefined) return this.#matchesRecord(part, members);
    const decided = this.#decided.get(digestOf(part)) ?? this.#decide(stage, part);
    if (typeof decided === "boolean") return decided && this.#matchesRecord(part, members);
    return decided.then((holds) => holds && this.#matchesRecord(part, members));
  }

  /** Caches the configurations that are to be tested. */
  prefetch(parts: readonly (ReadPart | undefined)[]): Promise<void> | undefined {
    if (!this.#byOrigin.has("configuration")) return undefined;
    return this.#source.prefetchConfigurations(parts, (digest) => this.#decided.has(digest));
  }

  #matchesRecord(part: ReadPart, members: DocumentMembers): boolean | Promise<boolean> {
    const stage = this.#byOrigin.get("record");
    if (stage === undefined) return true;
    const length = part.readLength + (part.configurationJson?.length ?? 0);
    this.#meter.charge(length * WORK.character);
    if (length <= LARGE_TEXT_CHARACTERS) return stage.matches(members.valuesOf(part), length);
    return joinInSlices(members.jsonTexts(part), this.#meter)
      .then(parseJsonInSlices)
      .then((document) => stage.matches(document as object, length));
  }

  async #decide(stage: FilterStage, part: ReadPart): Promise<boolean> {
    const text = await this.#source.readConfiguration(part);
    this.#meter.charge(text.length * WORK.character);
    const values = text.length <= LARGE_TEXT_CHARACTERS ? JSON.parse(text) : await parseJsonInSlices(text);
    const holds = await stage.matches(values as object, text.length);
    this.#decided.set(digestOf(part), holds);
    return holds;
  }
}

/** Makes and joins texts, and yields to other requests in between. */
export async function joinInSlices(texts: Iterable<string>, meter: WorkMeter): Promise<string> {
  const made: string[] = [];
  for (const text of texts) {
    made.push(text);
    await meter.pause();
  }
  return made.join("");
}
