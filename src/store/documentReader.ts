import { groupBy } from "../domain/groupBy.js";
import type { Configurations } from "./configurations.js";
import type { DocumentSelection, EntityPart } from "./documents.js";
import type { FieldReader, FieldValues } from "./fieldReader.js";
import { type EntityKind, idOfMember } from "./keys.js";

/** An entry of an index. */
export interface IndexEntry {
  readonly partition: number;
  readonly member: string;
  /** Creation time in epoch seconds. */
  readonly score: number;
}

/** An entity of which some fields are read. */
export interface ReadPart extends EntityPart {
  readonly partition: number;
  /** Characters that were read, without those of the configuration. */
  readLength: number;
  configurationJson?: string;
}

/** What is known of an entity from an entry of an index. */
export const partOfEntry = (kind: EntityKind, { partition, member, score }: IndexEntry): ReadPart => ({
  id: idOfMember(kind, member),
  partition,
  timestamp: score,
  readLength: 0,
});

/** Reads parts of many entities. */
export class DocumentReader {
  readonly #fields: FieldReader;
  readonly #configurations: Configurations;

  constructor(fields: FieldReader, configurations: Configurations) {
    this.#fields = fields;
    this.#configurations = configurations;
  }

  /**
   * Reads what a selection needs of each entity, in the order of the entries and in chunks; undefined where there is no
   * record.
   *
   * @param options as for {@link FieldReader.read}
   */
  async *read(
    kind: EntityKind,
    entries: readonly IndexEntry[],
    { recordFields, needsConfiguration }: DocumentSelection,
    options: { isBulk?: boolean } = {},
  ): AsyncGenerator<(ReadPart | undefined)[]> {
    if (recordFields.length === 0) {
      yield entries.map((entry) => partOfEntry(kind, entry));
      return;
    }
    const places = entries.map(({ partition, member }) => ({ partition, id: idOfMember(kind, member) }));
    let index = 0;
    for await (const chunk of this.#fields.read(kind, places, recordFields, options)) {
      const parts = chunk.map((values) => {
        const part = partOfEntry(kind, entries[index++] as IndexEntry);
        // Every record has the first field.
        return values[0] === null ? undefined : addFields(part, recordFields, values);
      });
      if (needsConfiguration) await this.#attachConfigurations(parts);
      yield parts;
    }
  }

  async #attachConfigurations(parts: readonly (ReadPart | undefined)[]): Promise<void> {
    await this.prefetchConfigurations(parts);
    for (const part of parts) {
      if (part === undefined) continue;
      const text = this.readConfiguration(part);
      part.configurationJson = typeof text === "string" ? text : await text;
    }
  }

  /** Caches the configurations of parts, as many as fit. @param isKnown digests whose configurations are not needed */
  async prefetchConfigurations(
    parts: readonly (ReadPart | undefined)[],
    isKnown: (digest: string) => boolean = () => false,
  ): Promise<void> {
    const needed = parts.filter((part) => part !== undefined && !isKnown(digestOf(part))) as ReadPart[];
    const prefetches = [...groupBy(needed, ({ partition }) => partition)].map(([partition, mine]) =>
      this.#configurations.prefetch(partition, new Set(mine.map(digestOf))),
    );
    await Promise.all(prefetches);
  }

  /** The configuration of a part as JSON text; a promise when it is not cached. */
  readConfiguration(part: ReadPart): string | Promise<string> {
    return this.#configurations.read(part.partition, digestOf(part));
  }
}

/** The digest of a part's configuration. */
export const digestOf = (part: ReadPart): string => part["configuration"] as string;

function addFields(part: ReadPart, fields: readonly string[], values: FieldValues): ReadPart {
  const record: Record<string, string | number | null | undefined> = part;
  for (const [index, value] of values.entries()) {
    record[fields[index] as string] = value;
    if (value !== null) part.readLength += value.length;
  }
  return part;
}
