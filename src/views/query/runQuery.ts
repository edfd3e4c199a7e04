import { readAhead } from "../../domain/readAhead.js";
import type { FindRequest } from "../../domain/requestSchemas.js";
import type { IndexEntry, ReadPart } from "../../store/documentReader.js";
import { type EntityKind, INDEXED_FIELDS } from "../../store/keys.js";
import { choosePlan, type IndexPlan, isIntersection } from "./choosePlan.js";
import { decodeCursor, type WalkOrder } from "./cursor.js";
import { type EntityLoad, loadEntities } from "./entityLoads.js";
import { findRanges } from "./indexRanges.js";
import { WORK } from "./limits.js";
import type { WorkMeter } from "./meter.js";
import { planFilter } from "./plan.js";
import { type IndexedSource, isSelective } from "./planOptions.js";
import { compileStages, prepareFilter } from "./prepareFilter.js";
import { compileProjection } from "./projection.js";
import { type QueryPage, QueryPageBuilder } from "./queryPage.js";
import type { DocumentMembers, QuerySource } from "./querySource.js";
import { joinInSlices, LARGE_TEXT_CHARACTERS, StageTests } from "./stageTests.js";
import { walkEntries } from "./walkEntries.js";

/** How a page came about. */
export interface QueryReport {
  /** The fields whose indexes the query read; `all`: it walked over all entities. */
  readonly indexes: readonly string[];
  /** Entities that the query tested. */
  readonly lookedAt: number;
  readonly matched: number;
  /** Units of work. */
  readonly work: number;
  /** Why the page ends: the end of the collection, the size of the page, `QUERY_MAX_SCAN`, or the budget of work. */
  readonly ended: "end" | "size" | "scan" | "work";
}

/** To guess how many entities a page holds. */
const USUAL_DOCUMENT_BYTES = 1_024;
const USUAL_MEMBER_BYTES = 64;

/** A page, and the reason of its end. */
type EndedPage = [page: QueryPage, ended: QueryReport["ended"]];

/**
 * Reads one page of the entities that match a filter. Pages neither repeat nor skip an entity that exists and matches
 * throughout. A page ends when it is full, or when its query has used up its budget of work.
 *
 * @param options.maxBytes of the whole response in UTF-8; a single match may exceed it
 * @param options.maxScan most entities to look at for the page; undefined: no maximum
 * @param options.envelope the name of the list in the response
 * @throws WmsError `invalid` for an unusable filter, projection or cursor, or for a condition that needs too much work on
 *   one document
 */
export async function runQuery<K extends EntityKind>(
  source: QuerySource<K>,
  kind: K,
  find: FindRequest,
  {
    maxBytes,
    maxScan = Number.POSITIVE_INFINITY,
    envelope,
    order = "oldest",
    meter,
  }: { maxBytes: number; maxScan?: number; envelope: string; order?: WalkOrder; meter: WorkMeter },
): Promise<QueryPage & { report: QueryReport }> {
  const filter = await prepareFilter(find.query, meter);
  const shown = find.projection && compileProjection(find.projection, meter);
  const after = find.after === undefined ? undefined : decodeCursor(kind, find.after);
  const constraint = await planFilter(kind, filter.query, filter.compiler, source.completeIndexes);
  await meter.pause();
  const plan = await choosePlan(source, kind, constraint, meter);
  const ranges = await findRanges(kind, plan, order, source.partitions, meter);
  const page = new QueryPageBuilder(envelope, maxBytes);
  const known = {
    originOf: (name: string) => source.originOf(kind, name),
    valuesOfMembers: guaranteedValues(kind, plan),
  };
  const tests = new StageTests(source, kind, await compileStages(filter, known), meter);
  /** What an answer needs, the filter included: the entity may have changed since the filter was tested alone. */
  const answer = tests.select(shown?.keys());
  const tested = tests.needRecords ? tests.select([]) : answer;
  let testedCount = 0;
  let matchedCount = 0;
  let lookedAt = 0;

  /** Adds a match to the page. @returns the page when it is full */
  const addMatch = (part: ReadPart, entry: IndexEntry): QueryPage | undefined | Promise<QueryPage | undefined> => {
    meter.charge(part.readLength * WORK.character + (shown?.size ?? 0) * WORK.value);
    if (part.readLength <= LARGE_TEXT_CHARACTERS) return page.add(answer.jsonOf(part, shown), entry);
    return joinInSlices(answer.jsonTexts(part, shown), meter).then((json) => page.add(json, entry));
  };

  /** Tests the parts of entities. @returns where the page ends, and the page when it is full */
  const testParts = async (
    entries: readonly IndexEntry[],
    members: DocumentMembers,
    parts: AsyncIterable<(ReadPart | undefined)[]>,
    onMatch: (part: ReadPart, entry: IndexEntry) => QueryPage | undefined | Promise<QueryPage | undefined>,
  ): Promise<{ at?: IndexEntry; full?: QueryPage }> => {
    let index = 0;
    for await (const chunk of parts) {
      await tests.prefetch(chunk);
      for (const part of chunk) {
        const entry = entries[index++] as IndexEntry;
        meter.charge(WORK.entity);
        // An await costs more than the test of a small document.
        const paused = meter.pause();
        if (paused !== undefined) await paused;
        const holds = part !== undefined && tests.matchesPart(part, members);
        if (part !== undefined && (typeof holds === "boolean" ? holds : await holds)) {
          const added = onMatch(part, entry);
          const full = added instanceof Promise ? await added : added;
          if (full !== undefined) return { at: entry, full };
        }
        if (meter.isUsedUp) return { at: entry };
      }
    }
    return {};
  };

  /** Adds the matches of a load to the page. */
  const addLoad = async ({ entries, candidates, members, parts, last }: EntityLoad): Promise<EndedPage | undefined> => {
    const matches: IndexEntry[] = [];
    const { at, full } = await testParts(candidates, members, parts, (part, entry) => {
      matches.push(entry);
      return members === answer ? addMatch(part, entry) : undefined;
    });
    testedCount += candidates.length;
    matchedCount += matches.length;
    lookedAt += at === undefined ? entries.length : entries.indexOf(at) + 1;
    if (full !== undefined) return [full, "size"];
    if (members !== answer && matches.length > 0) {
      const answers = answer.read(matches, { isBulk: meter.isExpensive });
      const second = await testParts(matches, answer, answers, addMatch);
      if (second.full !== undefined) return [second.full, "size"];
      if (second.at !== undefined) return [page.interrupt(second.at), "work"];
    }
    if (at !== undefined) return [page.interrupt(at), "work"];
    return last && [page.interrupt(entries.at(-1) as IndexEntry), last];
  };

  const run = async (): Promise<EndedPage> => {
    const entityBytes = Math.min(USUAL_DOCUMENT_BYTES, USUAL_MEMBER_BYTES * Math.max(1, shown?.size ?? Infinity));
    const pageEntities = Math.ceil(maxBytes / entityBytes);
    /** Guesses how many more entities the page needs: those that it has looked at filled a part of it. */
    const missingEntities = () => (lookedAt === 0 ? pageEntities : lookedAt / page.filledPart - lookedAt);
    // What is read in vain delays other requests.
    const walk = readAhead(
      walkEntries(source.redis, kind, ranges, { after, order, pageEntities, meter }),
      (entries) => entries.length < missingEntities(),
    );
    // Where most entities match, one read for both is cheaper.
    const membersToRead = () => (2 * matchedCount >= testedCount ? answer : tested);
    const loads = readAhead(
      loadEntities(walk, tests, membersToRead, { maxScan, pageEntities, meter }),
      ({ entries }) => entries.length < missingEntities(),
    );
    for await (const load of loads) {
      const ended = await addLoad(load);
      if (ended !== undefined) return ended;
    }
    return [page.finish(), "end"];
  };
  const [result, ended] = await run();
  const report = { indexes: indexesOf(plan), lookedAt, matched: result.items.length, work: meter.work, ended };
  return { ...result, report };
}

/**
 * The values of members that the plan guarantees: every entity is in one of these indexes, and none ever leaves the index of
 * a value. It can leave the index of a state.
 */
function guaranteedValues(kind: EntityKind, plan: IndexPlan): ReadonlyMap<string, IndexedSource["values"]> {
  if (!isIntersection(plan)) return new Map();
  const indexed = [...plan.sources.filter(isSelective), ...plan.filters];
  return new Map(
    indexed
      .filter(({ field }) => (INDEXED_FIELDS[kind] as readonly string[]).includes(field))
      .map(({ field, values }) => [field, values]),
  );
}

const indexesOf = ({ sources, filters }: IndexPlan): string[] => [
  ...new Set([...sources, ...filters].map((source) => (source.by === "index" ? source.field : source.by))),
];
