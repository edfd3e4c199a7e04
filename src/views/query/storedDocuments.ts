import { DocumentReader, type IndexEntry, partOfEntry, type ReadPart } from "../../store/documentReader.js";
import { DocumentSelection, originOf, type ShownMembers } from "../../store/documents.js";
import type { EntityKind } from "../../store/keys.js";
import type { Store } from "../../store/store.js";
import type { DocumentMembers, QuerySource } from "./querySource.js";

/** The entities of a store as the data of queries. */
export async function storedDocuments(store: Store): Promise<QuerySource> {
  const reader = new DocumentReader(store.fields, store.configurations);
  return {
    redis: store.redis,
    partitions: store.partitions,
    completeIndexes: await store.indexCompleteness.read(),
    originOf,
    partOfEntry,
    select: (kind, names, options) => new StoredMembers(reader, kind, new DocumentSelection(kind, names, options)),
    prefetchConfigurations: (...given) => reader.prefetchConfigurations(...given),
    readConfiguration: (part) => reader.readConfiguration(part),
  };
}

class StoredMembers implements DocumentMembers {
  readonly #reader: DocumentReader;
  readonly #kind: EntityKind;
  readonly #selection: DocumentSelection;

  constructor(reader: DocumentReader, kind: EntityKind, selection: DocumentSelection) {
    this.#reader = reader;
    this.#kind = kind;
    this.#selection = selection;
  }

  read(entries: readonly IndexEntry[], options: { isBulk: boolean }): AsyncIterable<(ReadPart | undefined)[]> {
    return this.#reader.read(this.#kind, entries, this.#selection, options);
  }

  valuesOf(part: ReadPart): object {
    return this.#selection.valuesOf(part);
  }

  jsonOf(part: ReadPart, shown?: ShownMembers): string {
    return this.#selection.jsonOf(part, shown);
  }

  jsonTexts(part: ReadPart, shown?: ShownMembers): Iterable<string> {
    return this.#selection.jsonTexts(part, shown);
  }
}
