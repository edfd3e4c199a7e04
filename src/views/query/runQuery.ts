import type { FindRequest } from "../../domain/requestSchemas.js";
import { createYielder } from "../../domain/time.js";
import { invalid } from "../../domain/wmsError.js";
import type { RedisClient } from "../../redis/redisClient.js";
import { type EntityKind, ID_FIELD, type IdByKind, INDEXED_FIELDS, idOfMember } from "../../store/keys.js";
import { decodeCursor } from "./cursor.js";
import { planFilter } from "./plan.js";
import { prepareFilter } from "./prepareFilter.js";
import { compileProjection } from "./projection.js";
import { type QueryPage, QueryPageBuilder } from "./queryPage.js";
import { walkCandidates } from "./walkCandidates.js";

/** The data of a query. */
export interface QuerySource<K extends EntityKind = EntityKind> {
  readonly redis: RedisClient;
  readonly partitions: number;
  /** Reads the JSON texts of entities, in the order of the ids; undefined where there is no entity. */
  load(kind: K, ids: IdByKind[K][]): Promise<(string | undefined)[]>;
}

/** Entities that the first load reads. The number doubles while nothing matches. */
const INITIAL_LOAD_SIZE = 64;
const MAX_LOAD_SIZE = 512;

/**
 * Reads one page of the entities that match a filter, oldest first. Pages neither repeat nor skip an entity that exists and
 * matches throughout.
 *
 * @param options.maxBytes of the whole response in UTF-8; a single match may exceed it
 * @param options.maxScan maximum number of entities to read; undefined: no maximum
 * @param options.envelope the name of the list in the response
 * @throws WmsError `invalid` for an unusable filter, projection or cursor, or a filter that needs to read too many entities
 */
export async function runQuery<K extends EntityKind>(
  source: QuerySource<K>,
  kind: K,
  find: FindRequest,
  options: { maxBytes: number; maxScan?: number; envelope: string },
): Promise<QueryPage> {
  const filter = prepareFilter(find.query);
  const project = find.projection && compileProjection(find.projection);
  const after = find.after === undefined ? undefined : decodeCursor(kind, find.after);
  const plan = planFilter(kind, filter.query, source.partitions);
  const page = new QueryPageBuilder(options.envelope, options.maxBytes);
  const pause = createYielder();
  const reserveScans = createScanLimit(kind, filter.conditionCount, options.maxScan);
  let loadSize = INITIAL_LOAD_SIZE;
  for await (const batch of walkCandidates(source, kind, plan, after)) {
    for (let start = 0; start < batch.length; ) {
      const entries = batch.slice(start, start + reserveScans(Math.min(loadSize, batch.length - start)));
      const texts = await source.load(
        kind,
        entries.map((entry) => idOfMember(kind, entry.member)),
      );
      let found = false;
      for (const [index, entry] of entries.entries()) {
        await pause();
        const text = texts[index];
        if (text === undefined) continue;
        const document = JSON.parse(text) as object;
        if (!filter.matches(document, text.length)) continue;
        found = true;
        const finishedPage = page.add(project === undefined ? text : JSON.stringify(project(document)), entry);
        if (finishedPage !== undefined) return finishedPage;
      }
      start += entries.length;
      loadSize = found ? INITIAL_LOAD_SIZE : Math.min(MAX_LOAD_SIZE, loadSize * 2);
    }
  }
  return page.finish();
}

/**
 * Maximum of conditions × entities of a query. A filter of 20 conditions may read a million entities, a filter of 10,000
 * conditions 2,000.
 */
const MAX_CONDITION_TESTS = 20_000_000;

/**
 * Limits the entities that a query reads. A filter without an index tests every entity, which takes minutes for millions of
 * entities or thousands of conditions.
 *
 * @param conditionCount of the filter
 * @param maxScan undefined: no maximum
 * @returns grants a number of further entities, at least one; throws WmsError `invalid`, with advice, beyond the maximum
 */
export function createScanLimit(
  kind: EntityKind,
  conditionCount: number,
  maxScan = Number.POSITIVE_INFINITY,
): (wanted: number) => number {
  const limit = Math.min(maxScan, Math.floor(MAX_CONDITION_TESTS / conditionCount));
  let left = limit;
  const advice = `name one of ${[ID_FIELD[kind], ...INDEXED_FIELDS[kind]].join(", ")}, by a value, $eq or $in`;
  const message =
    limit < maxScan
      ? `tried ${conditionCount} conditions on ${limit} entities without filling a page; ${advice}, ` +
        "or fewer conditions: one $in instead of many of them"
      : `looked at ${limit} entities without filling a page; ${advice}`;
  return (wanted) => {
    if (left === 0) throw invalid(`query: ${message}`);
    const granted = Math.min(wanted, left);
    left -= granted;
    return granted;
  };
}
