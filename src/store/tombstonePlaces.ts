import { earlyIdOf } from "../domain/earlyIds.js";
import type { WorkflowId } from "../domain/ids.js";
import { memberOf, partitionPrefix } from "./keys.js";

/**
 * Hexadecimal digits of the creation time that vary within a hash of tombstones: 16 ** 6 seconds are 194 days, then 12
 * days, 18 hours, 68 minutes.
 */
const [FIRST_TIME_DIGITS, ...OTHER_TIME_DIGITS] = [6, 5, 4, 3] as const;
/** Characters of a stored early id that name the hash: such workflows share 256 of them in each partition. */
const EARLY_TOMBSTONE_CHARS = 3;

/** A hash of tombstones, and the field of a workflow. */
export type TombstonePlace = readonly [key: string, field: string];
/** At least one. */
export type TombstonePlaces = readonly [TombstonePlace, ...TombstonePlace[]];

/**
 * The hashes that may have the tombstone of a removed workflow, the one for the longest time first. It goes into the first
 * that is not full. Fields are short and few in each hash, so that Redis stores it in its compact encoding. It expires.
 */
export function tombstonePlaces(partition: number, workflow: WorkflowId): TombstonePlaces {
  const member = memberOf(workflow);
  const place = (cut: number): TombstonePlace => [
    `${partitionPrefix(partition)}archived:${member.slice(0, cut)}`,
    member.slice(cut),
  ];
  if (earlyIdOf(workflow) !== undefined) return [place(EARLY_TOMBSTONE_CHARS)];
  const placeFor = (digits: number) => place(Math.max(0, member.indexOf("-") - digits));
  return [placeFor(FIRST_TIME_DIGITS), ...OTHER_TIME_DIGITS.map(placeFor)];
}
