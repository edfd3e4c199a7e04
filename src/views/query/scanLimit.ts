import { invalid } from "../../domain/wmsError.js";
import { ID_FIELD, INDEXED, type Kind } from "../../store/keys.js";

/**
 * Conditions × entities that a query may try. So a filter of 20 conditions may look at a million entities, and one of ten
 * thousand at two thousand.
 */
const MAX_TRIED = 20_000_000;

/**
 * Bounds the entities that a query looks at. A filter for which no index helps reads and tests all there are, and that is
 * minutes of work once there are millions, or once each of them is tried by thousands of conditions.
 *
 * @param conditions of the filter
 * @param most undefined: any number
 * @returns how many of some further entities may be looked at, one at least; throws WmsError `invalid`, with advice, when
 *   there may be none
 */
export function scanLimit(
  kind: Kind,
  conditions: number,
  most = Number.POSITIVE_INFINITY,
): (wanted: number) => number {
  const limit = Math.min(most, Math.floor(MAX_TRIED / conditions));
  let left = limit;
  return (wanted) => {
    if (left === 0)
      throw invalid(`query: ${limit < most ? tooManyTried(kind, limit, conditions) : tooMany(kind, limit)}`);
    const granted = Math.min(wanted, left);
    left -= granted;
    return granted;
  };
}

const tooMany = (kind: Kind, entities: number): string =>
  `looked at ${entities} entities without filling a page; ${advice(kind)}`;

const tooManyTried = (kind: Kind, entities: number, conditions: number): string =>
  `tried ${conditions} conditions on ${entities} entities without filling a page; ${advice(kind)}, ` +
  "or fewer conditions: one $in instead of many of them";

const advice = (kind: Kind): string =>
  `name one of ${[ID_FIELD[kind], ...INDEXED[kind]].join(", ")}, by a value, $eq or $in`;
