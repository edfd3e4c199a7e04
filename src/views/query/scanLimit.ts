import { invalid } from "../../domain/wmsError.js";
import { type EntityKind, ID_FIELD, INDEXED_FIELDS } from "../../store/keys.js";

/**
 * Conditions × entities that a query may try. So a filter of 20 conditions may look at a million entities, and one of ten
 * thousand at two thousand.
 */
const MAX_CONDITION_TESTS = 20_000_000;

/**
 * Bounds the entities that a query looks at. A filter for which no index helps reads and tests all there are, and that is
 * minutes of work once there are millions, or once each of them is tried by thousands of conditions.
 *
 * @param conditionCount of the filter
 * @param maxScan undefined: any number
 * @returns how many of some further entities may be looked at, one at least; throws WmsError `invalid`, with advice, when
 *   there may be none
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
