/** A sequence in a pattern: its size so far, and that of its last item, to which a repetition applies. */
interface Sequence {
  size: number;
  last: number;
}

/** The tokens of RE2's syntax that matter for the size: escapes, classes, groups, repetitions, any other character. */
const TOKEN =
  /\\Q[\s\S]*?(?:\\E|$)|\\[pP]\{[^}]*\}|\\x\{[^}]*\}|\\[\s\S]|\[\^?\]?(?:\\[\s\S]|\[:\^?\w+:\]|[^\]\\])*\]|\((?:\?(?:P?<\w+>|[imsU-]*:?))?|\)|\{(\d+)(?:,(\d*))?\}|[*+?]|[\s\S]/gu;

/**
 * Estimates the instructions of a pattern before it is compiled: with nested repetitions, 20 characters compile to
 * millions of instructions. Exact enough for well-formed patterns; RE2 rejects the others.
 */
export function estimatePatternSize(pattern: string): number {
  const enclosing: Sequence[] = [];
  let current: Sequence = { size: 0, last: 0 };
  const add = (size: number) => {
    current.size += size;
    current.last = size;
  };
  for (const [token, minimum, maximum] of pattern.matchAll(TOKEN)) {
    if (token.startsWith("(")) {
      enclosing.push(current);
      current = { size: 2, last: 0 };
    } else if (token === ")") {
      const { size } = current;
      current = enclosing.pop() ?? { size: 0, last: 0 };
      add(size);
    } else if (minimum !== undefined) {
      const times = Math.max(1, Number(minimum), Number(maximum || 0));
      const repeated = current.last * times * (maximum === undefined ? 1 : 2);
      current.size += repeated - current.last;
      current.last = repeated;
    } else if (/^[*+?]$/.test(token)) {
      current.size++;
      current.last++;
    } else add(token.startsWith("\\Q") ? token.length : 1);
  }
  return enclosing.reduce((total, { size }) => total + size, current.size);
}
