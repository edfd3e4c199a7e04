import { pauses } from "../../domain/yielder.js";
import type { FindRequest } from "../../domain/requestSchemas.js";
import type { RedisClient } from "../../redis/redisClient.js";
import { type IdOf, idOfMember, type Kind } from "../../store/keys.js";
import { decodeCursor } from "./cursor.js";
import { prepareFilter } from "./prepareFilter.js";
import { type Page, PageBuilder } from "./queryPage.js";
import { planFilter } from "./plan.js";
import { compileProjection } from "./projection.js";
import { scanLimit } from "./scanLimit.js";
import { walk } from "./walkCandidates.js";

/** Where a query reads. */
export interface QuerySource<K extends Kind = Kind> {
  readonly redis: RedisClient;
  readonly partitions: number;
  /** JSON texts of the entities with these ids, in their order; undefined where there is none. */
  load(kind: K, ids: IdOf[K][]): Promise<(string | undefined)[]>;
}

/** Entities loaded at once: more and more while nothing matches, since only matches fill a page. */
const FIRST_LOAD = 64;
const LARGEST_LOAD = 512;

/**
 * One page of the entities that match a filter, oldest first.
 *
 * Pages neither repeat nor skip an entity that stood there and matched throughout.
 *
 * @param options.maxBytes of the whole answer in UTF-8; a single match may exceed it
 * @param options.maxScan entities that may be looked at; undefined: any number
 * @param options.envelope the name of the list in the answer
 * @throws WmsError `invalid` for a filter, projection or cursor that can't be used, or a filter that would look at too much
 */
export async function runQuery<K extends Kind>(
  source: QuerySource<K>,
  kind: K,
  find: FindRequest,
  options: { maxBytes: number; maxScan?: number; envelope: string },
): Promise<Page> {
  const filter = prepareFilter(find.query);
  const project = find.projection && compileProjection(find.projection);
  const after = find.after === undefined ? undefined : decodeCursor(kind, find.after);
  const plan = planFilter(kind, filter.query, source.partitions);
  const page = new PageBuilder(options.envelope, options.maxBytes);
  const pause = pauses();
  const mayLook = scanLimit(kind, filter.conditions, options.maxScan);
  let size = FIRST_LOAD;
  for await (const batch of walk(source, kind, plan, after)) {
    for (let start = 0; start < batch.length; ) {
      const entries = batch.slice(start, start + mayLook(Math.min(size, batch.length - start)));
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
        const full = page.add(project === undefined ? text : JSON.stringify(project(document)), entry);
        if (full !== undefined) return full;
      }
      start += entries.length;
      size = found ? FIRST_LOAD : Math.min(LARGEST_LOAD, size * 2);
    }
  }
  return page.finish();
}
