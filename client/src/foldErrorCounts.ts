import { foldErrorText } from "./foldErrors.js";

/** Error texts that are equal apart from ids and numbers. */
export interface FoldedErrors {
  /** The most frequent of these texts. */
  text: string;
  /** Errors with one of these texts. */
  count: number;
  /** Different texts. */
  n_texts: number;
}

/** Folds error texts that differ in ids and numbers only. @param counts by text @returns the most frequent first */
export function foldErrors(counts: Iterable<readonly [text: string, count: number]>): FoldedErrors[] {
  const groups = new Map<string, FoldedErrors & { highest: number }>();
  for (const [text, count] of counts) {
    const key = foldErrorText(text);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { text, count, n_texts: 1, highest: count });
    else {
      group.count += count;
      group.n_texts++;
      if (count > group.highest) Object.assign(group, { text, highest: count });
    }
  }
  return [...groups.values()].map(({ highest: _, ...group }) => group).sort((one, other) => other.count - one.count);
}

/** Counts equal texts. */
export function countTexts(texts: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}
