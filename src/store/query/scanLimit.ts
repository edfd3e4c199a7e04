import { invalid } from "../../domain/errors.js";
import { ID_FIELD, INDEXED, type Kind } from "../keys.js";

/**
 * Bounds the entities that a query looks at. A filter for which no index helps reads and tests all there are, and that is
 * minutes of work once there are millions.
 *
 * @param most undefined: any number
 * @returns how many of some further entities may be looked at, one at least; throws WmsError `invalid`, with advice, when
 *   there may be none
 */
export function scanLimit(kind: Kind, most = Number.POSITIVE_INFINITY): (wanted: number) => number {
  let left = most;
  return (wanted) => {
    if (left === 0) {
      const fields = [ID_FIELD[kind], ...INDEXED[kind]].join(", ");
      throw invalid(
        `query: looked at ${most} entities without filling a page; name one of ${fields}, by a value, $eq or $in`,
      );
    }
    const granted = Math.min(wanted, left);
    left -= granted;
    return granted;
  };
}
