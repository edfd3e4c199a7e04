import { isEarlyId } from "../../domain/earlyIds.js";
import { invalid } from "../../domain/wmsError.js";
import type { EarlyIds } from "../../store/earlyIds.js";

/** Values of a filter that may be early ids. Each is looked up in all partitions. */
const MAX_EARLY_IDS = 1000;

/**
 * Replaces early ids in a filter by the ids under which the entities are stored: documents are tested before their ids are
 * replaced.
 *
 * @throws WmsError `invalid` for too many
 */
export async function resolveEarlyIds(
  filter: Record<string, unknown>,
  earlyIds: EarlyIds,
): Promise<Record<string, unknown>> {
  const texts = new Set(earlyIdsOf(filter));
  if (texts.size === 0) return filter;
  if (texts.size > MAX_EARLY_IDS && (await earlyIds.exist()))
    throw invalid(
      `query: has ${texts.size} values of 32 hexadecimal digits, of which at most ${MAX_EARLY_IDS} are allowed`,
    );
  const stored = await earlyIds.find([...texts]);
  return stored.size === 0 ? filter : (replaceTexts(filter, stored) as Record<string, unknown>);
}

function* earlyIdsOf(value: unknown): Generator<string> {
  if (typeof value !== "object" || value === null) return;
  for (const member of Object.values(value))
    if (typeof member !== "string") yield* earlyIdsOf(member);
    else if (isEarlyId(member)) yield member;
}

function replaceTexts(value: unknown, replacements: ReadonlyMap<string, string>): unknown {
  if (typeof value === "string") return replacements.get(value) ?? value;
  if (Array.isArray(value)) return value.map((member) => replaceTexts(member, replacements));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, replaceTexts(member, replacements)]));
}
