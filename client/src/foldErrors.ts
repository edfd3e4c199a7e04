/** One error, as often as one taskforce has it. */
export interface ErrorOccurrence {
  text: string;
  count: number;
  /** The phase that an attempt did not reach; null: an error of workers. */
  failedPhase: string | null;
  /** Epoch seconds; null: unknown, because reports of worker errors contain no times. */
  seenAt: number | null;
  taskforce_uuid: string;
  schedd: string;
}

/** Errors whose texts differ only in ids, numbers and variable parts of paths. Times are epoch seconds. */
export interface ErrorGroup {
  /** The folded text. */
  pattern: string;
  failedPhase: string | null;
  count: number;
  /** Null for errors of workers. */
  firstSeen: number | null;
  lastSeen: number | null;
  /** Different texts with their counts, in the order of their occurrence: at most {@link MAX_TEXTS}. */
  texts: Map<string, number>;
  taskforces: Set<string>;
  schedds: Set<string>;
}

/** Maximum number of different texts that a group keeps. */
const MAX_TEXTS = 10;
/** Maximum number of groups that are kept, so that errors with random texts do not exhaust the memory. */
const MAX_GROUPS = 1000;
/** Characters of a text that are folded; two texts with the same beginning are in one group. */
const MAX_FOLDED_LENGTH = 4000;

const ENTITY_ID = /\b(WF|TK|TF|MQ)-[0-9a-f]+(?:-[0-9a-f]+)*\b/g;
const UUID = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi;
const PATH = /\/[^\s"'`,;()<>[\]{}|]+/g;
const HEX = /\b0x[0-9a-f]+\b|\b(?=[a-f]*[0-9])[0-9a-f]{8,}\b/gi;
const NUMBER = /[0-9]+(?:[.,:][0-9]+)*/g;
/** A random name: letters around digits, or the name of a temporary file. */
const RANDOM_NAME = /[a-z][0-9]+[a-z]|^tmp[._-]?\w{6,12}$/i;

/**
 * Replaces ids, hexadecimal and decimal numbers, and random names in paths by `#`, so that texts of the same cause become
 * equal. It takes linear time.
 */
export const foldErrorText = (text: string): string =>
  text
    .slice(0, MAX_FOLDED_LENGTH)
    .trim()
    .replace(ENTITY_ID, "$1-#")
    .replace(UUID, "#")
    .replace(PATH, (path) => path.split("/").map(foldPathSegment).join("/"))
    .replace(HEX, "#")
    .replace(NUMBER, "#");

/** Keeps the extension: it says what kind of file an error is about. */
function foldPathSegment(segment: string): string {
  const [, name = segment, extension = ""] = /^([^.]+)(\..*)$/.exec(segment) ?? [];
  return (RANDOM_NAME.test(name) ? "#" : name) + extension;
}

/** Collects errors in groups. */
export class ErrorGroups {
  readonly #groups = new Map<string, ErrorGroup>();
  /** Texts repeat: one of them is folded once. */
  readonly #patterns = new Map<string, string>();
  /** Occurrences that belong to no group, because there are too many groups. */
  #ungroupedCount = 0;

  /** Adds an error to its group. */
  add({ text, count, failedPhase, seenAt, taskforce_uuid, schedd }: ErrorOccurrence): void {
    const pattern = this.#fold(text);
    const key = `${failedPhase}\n${pattern}`;
    let group = this.#groups.get(key);
    if (group === undefined) {
      if (this.#groups.size >= MAX_GROUPS) {
        this.#ungroupedCount += count;
        return;
      }
      const counts = { count: 0, firstSeen: null, lastSeen: null };
      group = { pattern, failedPhase, ...counts, texts: new Map(), taskforces: new Set(), schedds: new Set() };
      this.#groups.set(key, group);
    }
    group.count += count;
    if (seenAt !== null) {
      group.firstSeen = Math.min(group.firstSeen ?? seenAt, seenAt);
      group.lastSeen = Math.max(group.lastSeen ?? seenAt, seenAt);
    }
    if (group.texts.size < MAX_TEXTS || group.texts.has(text))
      group.texts.set(text, (group.texts.get(text) ?? 0) + count);
    group.taskforces.add(taskforce_uuid);
    group.schedds.add(schedd);
  }

  #fold(text: string): string {
    const known = this.#patterns.get(text);
    if (known !== undefined) return known;
    const pattern = foldErrorText(text);
    if (this.#patterns.size < 10 * MAX_GROUPS) this.#patterns.set(text, pattern);
    return pattern;
  }

  /** The groups with the highest counts first, then the newest. @param limit maximum number of groups */
  largest(limit: number): { groups: ErrorGroup[]; groupCount: number; ungroupedCount: number } {
    const sorted = [...this.#groups.values()].sort(
      (one, other) => other.count - one.count || (other.lastSeen ?? 0) - (one.lastSeen ?? 0),
    );
    return { groups: sorted.slice(0, limit), groupCount: sorted.length, ungroupedCount: this.#ungroupedCount };
  }
}
