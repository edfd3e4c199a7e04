/** A part of some numbers lies below this one. @param fraction 0.5 is the median, 0.99 what 99 of 100 don't exceed */
export function quantile(numbers: readonly number[], fraction: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? Number.NaN;
}

/** The largest; 0 of none. Any number of them, as a spread call's arguments would not fit on the stack. */
export const maxOf = (numbers: readonly number[]): number => numbers.reduce((most, each) => Math.max(most, each), 0);

/** Milliseconds as a table shows them. */
export const formatMs = (value: number): string => value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);

/** A table in Markdown, to be pasted into the documentation. The first column holds words, the others numbers. */
export function markdownTable(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? "---" : "--:"))), ...rows.map(line)].join("\n");
}

/** The value that follows an option on the command line, `--minutes 5`. */
export function numericOption(name: string, fallback: number): number {
  const at = process.argv.indexOf(`--${name}`);
  const value = at === -1 ? fallback : Number(process.argv[at + 1]);
  if (!Number.isFinite(value) || value < 0) throw new Error(`--${name}: expected a number`);
  return value;
}
