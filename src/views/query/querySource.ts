import type { IndexEntry, ReadPart } from "../../store/documentReader.js";
import type { MemberOrigin, ShownMembers } from "../../store/documents.js";
import type { EntityKind } from "../../store/keys.js";
import type { IndexSource } from "./choosePlan.js";

/** Some members of the documents of a kind. */
export interface DocumentMembers {
  /**
   * Reads them, in the order of the entries and in chunks; undefined where there is no record.
   *
   * @param options.isBulk whether small commands must not wait behind the replies
   */
  read(entries: readonly IndexEntry[], options: { isBulk: boolean }): AsyncIterable<(ReadPart | undefined)[]>;
  valuesOf(part: ReadPart): object;
  /** @param shown undefined: all of the members */
  jsonOf(part: ReadPart, shown?: ShownMembers): string;
  /** The texts that {@link jsonOf} joins, made one by one. */
  jsonTexts(part: ReadPart, shown?: ShownMembers): Iterable<string>;
}

/** The data of a query. */
export interface QuerySource<K extends EntityKind = EntityKind> extends IndexSource {
  /** Fields whose indexes are complete; undefined: those of all fields. */
  readonly completeIndexes?: (field: string) => boolean;
  /** From where a top-level member of a document comes. */
  originOf(kind: K, name: string): MemberOrigin;
  /**
   * Selects members of documents.
   *
   * @param names undefined: all
   * @param options.withDigest whether to read the digest of the configuration too
   */
  select(kind: K, names: ReadonlySet<string> | undefined, options?: { withDigest?: boolean }): DocumentMembers;
  /** What is known from an entry of an index. */
  partOfEntry(kind: K, entry: IndexEntry): ReadPart;
  /** Caches the configurations of parts. @param isKnown digests whose configurations are not needed */
  prefetchConfigurations(parts: readonly (ReadPart | undefined)[], isKnown: (digest: string) => boolean): Promise<void>;
  /** The configuration of a part, as JSON text. */
  readConfiguration(part: ReadPart): string | Promise<string>;
}
