import { compareEntryIds, type StreamEntryId } from "../../store/eventStreams.js";

/** How far a partition's events have been sent. */
export interface ResumePosition extends StreamEntryId {
  /** The number of the entry's events that have been sent; undefined: all. */
  eventsSent?: number | undefined;
}

/** Whether all events up to an entry, and of the entry, have been sent. */
export const hasReached = (position: ResumePosition, id: StreamEntryId): boolean =>
  position.eventsSent === undefined ? compareEntryIds(position, id) >= 0 : compareEntryIds(position, id) > 0;

const RADIX = 36;
const encodeNumber = (number: number): string => number.toString(RADIX);
const ID_PATTERN = /^[0-9a-z]{1,10}(\.([0-9a-z]{1,10}(-[0-9a-z]{1,10})?(_[0-9a-z]{1,5})?)?)+$/;

/**
 * Encodes positions as an event id, from which a client resumes. It holds the newest time in milliseconds and, for each
 * partition, its age, the number within the millisecond, and the events sent. A partition without events has an empty part.
 */
export function encodePositions(positions: readonly ResumePosition[]): string {
  const newest = Math.max(...positions.map(({ ms }) => ms));
  const parts = positions.map(({ ms, seq, eventsSent }) => {
    if (ms === 0 && seq === 0) return "";
    const sequencePart = seq === 0 ? "" : `-${encodeNumber(seq)}`;
    return `${encodeNumber(newest - ms)}${sequencePart}${eventsSent === undefined ? "" : `_${encodeNumber(eventsSent)}`}`;
  });
  return [encodeNumber(newest), ...parts].join(".");
}

/**
 * Decodes the result of {@link encodePositions}.
 *
 * @param count of positions
 * @returns undefined for any other text
 */
export function decodePositions(id: string, count: number): ResumePosition[] | undefined {
  if (!ID_PATTERN.test(id)) return undefined;
  const [newest = "", ...parts] = id.split(".");
  if (parts.length !== count) return undefined;
  const positions = parts.map((part): ResumePosition => {
    const [, ageText, seq, eventsSent] = /^([0-9a-z]+)(?:-([0-9a-z]+))?(?:_([0-9a-z]+))?$/.exec(part) ?? [];
    if (ageText === undefined) return { ms: 0, seq: 0 };
    return {
      ms: Number.parseInt(newest, RADIX) - Number.parseInt(ageText, RADIX),
      seq: Number.parseInt(seq ?? "0", RADIX),
      eventsSent: eventsSent === undefined ? undefined : Number.parseInt(eventsSent, RADIX),
    };
  });
  return positions.every(({ ms }) => ms >= 0) ? positions : undefined;
}
