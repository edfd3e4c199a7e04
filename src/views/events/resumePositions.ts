import { compareIds, type EntryId } from "../../store/eventStreams.js";

/** How far a partition's events have been told. */
export interface Position extends EntryId {
  /** Of the entry's events only so many have been told; undefined: all. */
  told?: number | undefined;
}

/** Whether all that is in an entry, or at another position, has been told. */
export const hasReached = (position: Position, id: EntryId): boolean =>
  position.told === undefined ? compareIds(position, id) >= 0 : compareIds(position, id) > 0;

const BASE = 36;
const text = (number: number): string => number.toString(BASE);
const ID = /^[0-9a-z]{1,10}(\.([0-9a-z]{1,10}(-[0-9a-z]{1,10})?(_[0-9a-z]{1,5})?)?)+$/;

/**
 * Positions as an event's id, which a client gives back: the newest time in milliseconds, and for each partition how much older
 * it is, a number within that millisecond, and how much of the entry was told. Nothing for a partition without events.
 */
export function idOfPositions(positions: readonly Position[]): string {
  const newest = Math.max(...positions.map(({ ms }) => ms));
  const parts = positions.map(({ ms, seq, told }) => {
    if (ms === 0 && seq === 0) return "";
    const within = seq === 0 ? "" : `-${text(seq)}`;
    return `${text(newest - ms)}${within}${told === undefined ? "" : `_${text(told)}`}`;
  });
  return [text(newest), ...parts].join(".");
}

/**
 * What {@link idOfPositions} made.
 *
 * @param count of positions
 * @returns undefined for what it can't have made of so many
 */
export function positionsOfId(id: string, count: number): Position[] | undefined {
  if (!ID.test(id)) return undefined;
  const [newest = "", ...parts] = id.split(".");
  if (parts.length !== count) return undefined;
  const positions = parts.map((part): Position => {
    const [, older, seq, told] = /^([0-9a-z]+)(?:-([0-9a-z]+))?(?:_([0-9a-z]+))?$/.exec(part) ?? [];
    if (older === undefined) return { ms: 0, seq: 0 };
    return {
      ms: Number.parseInt(newest, BASE) - Number.parseInt(older, BASE),
      seq: Number.parseInt(seq ?? "0", BASE),
      told: told === undefined ? undefined : Number.parseInt(told, BASE),
    };
  });
  return positions.every(({ ms }) => ms >= 0) ? positions : undefined;
}
