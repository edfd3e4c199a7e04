import { clamp } from "../../domain/clamp.js";
import { readAhead } from "../../domain/readAhead.js";
import type { IndexEntry, ReadPart } from "../../store/documentReader.js";
import type { EntityKind } from "../../store/keys.js";
import type { WorkMeter } from "./meter.js";
import type { DocumentMembers } from "./querySource.js";
import type { StageTests } from "./stageTests.js";

/** Entries that the first load takes at least and at most: a small page ends soon. */
const FIRST_LOAD_SIZES = [64, 512] as const;
const MAX_LOAD_SIZE = 1_024;

/** Entries of the walk, and what is being read of those that may match. */
export interface EntityLoad {
  readonly entries: readonly IndexEntry[];
  /** Those of them that may match, and the parts that are being read of these. */
  readonly candidates: readonly IndexEntry[];
  readonly members: DocumentMembers;
  readonly parts: AsyncIterable<(ReadPart | undefined)[]>;
  /** Why no load follows. */
  readonly last?: "scan" | "work";
}

/**
 * Divides a walk into loads, and begins to read each of them.
 *
 * @param membersToRead what to read of the next load
 * @param options.maxScan entries of all loads
 * @param options.pageEntities how many entities the page may hold
 */
export async function* loadEntities(
  walk: AsyncIterable<IndexEntry[]>,
  tests: StageTests<EntityKind>,
  membersToRead: () => DocumentMembers,
  { maxScan, pageEntities, meter }: { maxScan: number; pageEntities: number; meter: WorkMeter },
): AsyncGenerator<EntityLoad> {
  let left = maxScan;
  let size = clamp(pageEntities, FIRST_LOAD_SIZES);
  for await (const batch of walk)
    for (let start = 0; start < batch.length; ) {
      const entries: IndexEntry[] = [];
      const candidates: IndexEntry[] = [];
      const end = Math.min(start + size, start + left, batch.length);
      // At least one entry, so that each page gets on.
      for (; start < end && !(meter.isUsedUp && entries.length > 0); start++) {
        const entry = batch[start] as IndexEntry;
        entries.push(entry);
        const matches = tests.matchesEntry(entry);
        if (typeof matches === "boolean" ? matches : await matches) candidates.push(entry);
        const paused = meter.pause();
        if (paused !== undefined) await paused;
      }
      left -= entries.length;
      const last = start < end ? "work" : left === 0 ? "scan" : undefined;
      const members = membersToRead();
      const parts = readAhead(members.read(candidates, { isBulk: meter.isExpensive }));
      yield { entries, candidates, members, parts, ...(last && { last }) };
      if (last !== undefined) return;
      size = Math.min(MAX_LOAD_SIZE, 2 * size);
    }
}
