import { invalid } from "../../domain/wmsError.js";
import { type EntityKind, ID_FIELD, INDEXED_FIELDS } from "../../store/keys.js";

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
  return (wanted) => {
    if (left === 0)
      throw invalid(
        `query: ${limit < maxScan ? conditionLimitMessage(kind, limit, conditionCount) : scanLimitMessage(kind, limit)}`,
      );
    const granted = Math.min(wanted, left);
    left -= granted;
    return granted;
  };
}

const scanLimitMessage = (kind: EntityKind, entities: number): string =>
  `looked at ${entities} entities without filling a page; ${indexAdvice(kind)}`;

const conditionLimitMessage = (kind: EntityKind, entities: number, conditions: number): string =>
  `tried ${conditions} conditions on ${entities} entities without filling a page; ${indexAdvice(kind)}, ` +
  "or fewer conditions: one $in instead of many of them";

const indexAdvice = (kind: EntityKind): string =>
  `name one of ${[ID_FIELD[kind], ...INDEXED_FIELDS[kind]].join(", ")}, by a value, $eq or $in`;
