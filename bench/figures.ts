/** A quantile of numbers; NaN of none. @param fraction 0.5 is the median */
export function quantile(numbers: readonly number[], fraction: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? Number.NaN;
}

/** The maximum; 0 of none. `Math.max(...)` would overflow the stack for many numbers. */
export const maxOf = (numbers: readonly number[]): number => numbers.reduce((most, each) => Math.max(most, each), 0);

/** Formats milliseconds for a table. */
export const formatMs = (value: number): string => value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);

/** Renders a Markdown table for the documentation. The first column contains text, the others numbers. */
export function markdownTable(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? "---" : "--:"))), ...rows.map(line)].join("\n");
}

/** The value of a command-line option such as `--minutes 5`. @throws Error if it is not a number ≥ 0 */
export function numericOption(name: string, fallback: number): number {
  const at = process.argv.indexOf(`--${name}`);
  const value = at === -1 ? fallback : Number(process.argv[at + 1]);
  if (!Number.isFinite(value) || value < 0) throw new Error(`--${name}: expected a number`);
  return value;
}
