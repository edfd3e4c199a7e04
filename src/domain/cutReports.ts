import { cutText } from "./cutText.js";
import { MAX_REPORTED_MAP_BYTES, MAX_TOP_TASK_ERRORS } from "./entityLimits.js";
import type { CompoundStatuses, SubmitReport, TopTaskErrors } from "./taskforce.js";

/** A part of a report that may have been cut. */
export interface CutReport<T> {
  value: T;
  /** What was left out, for the log; undefined when nothing was. */
  cut: string | undefined;
}

/** The map has no prototype: a TMS sends any key, `__proto__` included. */
const createMap = <V>(): Record<string, V> => Object.create(null) as Record<string, V>;

/** Bytes of a member of a JSON object, with its colon and comma. */
const memberBytes = (key: string, valueJson: string): number =>
  Buffer.byteLength(JSON.stringify(key)) + Buffer.byteLength(valueJson) + 2;

/** Room for the mark of {@link cutSubmitDict}. */
const MARK_BYTES = 200;
/** The key of the entry that says what is missing in a `submit_dict`. */
const MARK_KEY = "[cut]";

/** Keeps the entries of a `submit_dict`, in their order, that fit into its limit. An entry says how many are missing. */
export function cutSubmitDict(submitDict: SubmitReport["submit_dict"]): CutReport<SubmitReport["submit_dict"]> {
  const entries = Object.entries(submitDict);
  const kept = createMap<string | number>();
  let bytes = MARK_BYTES;
  let keptCount = 0;
  for (const [key, value] of entries) {
    // A long text is not serialized: a character has at least one byte.
    const length = key.length + (typeof value === "string" ? value.length : 0);
    if (bytes + length > MAX_REPORTED_MAP_BYTES) continue;
    const size = memberBytes(key, JSON.stringify(value));
    if (bytes + size > MAX_REPORTED_MAP_BYTES) continue;
    bytes += size;
    kept[key] = value;
    keptCount++;
  }
  if (keptCount === entries.length) return { value: submitDict, cut: undefined };
  const cut = `${entries.length - keptCount} of ${entries.length} entries left out`;
  kept[MARK_KEY] = `${cut}: at most ${MAX_REPORTED_MAP_BYTES} bytes are stored`;
  return { value: kept, cut };
}

/** A code unit has at most six bytes in JSON. */
const MAX_BYTES_PER_UNIT = 6;
/** Quotes, punctuation and digits of one member. */
const MAX_MEMBER_BYTES = 30;

/** Whether statuses are certainly within the limit. Nearly all are, and reports may have those of 50,000 taskforces. */
function areSmall(statuses: CompoundStatuses): boolean {
  let maxBytes = 2;
  for (const status in statuses) {
    maxBytes += MAX_BYTES_PER_UNIT * status.length + MAX_MEMBER_BYTES;
    for (const pilot in statuses[status]) maxBytes += MAX_BYTES_PER_UNIT * pilot.length + MAX_MEMBER_BYTES;
  }
  return maxBytes <= MAX_REPORTED_MAP_BYTES;
}

/**
 * Keeps the counts, in their order, that fit into the limit. They are numbers, so no entry can mark the cut.
 *
 * @param pause awaited now and then for statuses that may be too large
 */
export function cutCompoundStatuses(
  statuses: CompoundStatuses,
  pause: () => Promise<void> | undefined,
): CutReport<CompoundStatuses> | Promise<CutReport<CompoundStatuses>> {
  return areSmall(statuses) ? { value: statuses, cut: undefined } : cutLargeStatuses(statuses, pause);
}

async function cutLargeStatuses(
  statuses: CompoundStatuses,
  pause: () => Promise<void> | undefined,
): Promise<CutReport<CompoundStatuses>> {
  const kept = createMap<Record<string, number>>();
  let bytes = 2;
  let [keptCount, count] = [0, 0];
  const add = (key: string, valueJson: string): boolean => {
    count++;
    // A character has at least one byte: a key that is too long is not serialized.
    if (bytes + key.length > MAX_REPORTED_MAP_BYTES) return false;
    const size = memberBytes(key, valueJson);
    if (bytes + size > MAX_REPORTED_MAP_BYTES) return false;
    bytes += size;
    keptCount++;
    return true;
  };
  for (const status in statuses) {
    if (!add(status, "{}")) continue;
    const keptPilots = createMap<number>();
    kept[status] = keptPilots;
    const pilots = statuses[status] ?? {};
    for (const pilot in pilots) {
      const due = pause();
      if (due !== undefined) await due;
      const workers = pilots[pilot] as number;
      if (add(pilot, String(workers))) keptPilots[pilot] = workers;
    }
  }
  if (keptCount === count) return { value: statuses, cut: undefined };
  return { value: kept, cut: `${count - keptCount} of ${count} entries left out` };
}

/**
 * Keeps the errors with the largest counts, of equal ones the first, and cuts their texts. The counts of texts that are
 * equal after the cut are added.
 */
export function cutTopTaskErrors(errors: TopTaskErrors): CutReport<TopTaskErrors> {
  const entries = Object.entries(errors);
  const largest = keepLargest(entries);
  const kept = createMap<number>();
  let cutCount = 0;
  for (const [error, count] of largest) {
    const { text, cutFromBytes } = cutText(error);
    if (cutFromBytes !== undefined) cutCount++;
    kept[text] = (kept[text] ?? 0) + count;
  }
  const leftOut = entries.length - largest.length;
  if (leftOut + cutCount === 0) return { value: errors, cut: undefined };
  return { value: kept, cut: `${leftOut} of ${entries.length} errors left out, ${cutCount} shortened` };
}

/** The entries with the largest counts, in their order. A typed array sorts 200,000 numbers in a few milliseconds. */
function keepLargest(entries: [string, number][]): [string, number][] {
  if (entries.length <= MAX_TOP_TASK_ERRORS) return entries;
  const counts = Float64Array.from(entries, ([, count]) => count).sort();
  const smallest = counts[counts.length - MAX_TOP_TASK_ERRORS] ?? 0;
  let equalCount = MAX_TOP_TASK_ERRORS - entries.filter(([, count]) => count > smallest).length;
  return entries.filter(([, count]) => count > smallest || (count === smallest && equalCount-- > 0));
}
