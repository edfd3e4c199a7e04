/** The rate of one side in one round: operations per second. */
export type MeasureRate = () => Promise<number>;

/** The result of a comparison. Ratios are ours / baseline: the service is faster above 1. */
export interface RatioStatistics {
  median: number;
  lowest: number;
  highest: number;
  /** Median operations per second. They are comparable only within one run. */
  ours: number;
  baseline: number;
}

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number) => sorted[Math.floor(index)] ?? Number.NaN;
  return (at((sorted.length - 1) / 2) + at(sorted.length / 2)) / 2;
};

/**
 * Compares two sides in alternating order, so that other load on the machine affects both equally.
 *
 * @param rounds number of measured pairs; one more pair precedes them as a warm-up
 */
export async function compareAlternating(
  ours: MeasureRate,
  baseline: MeasureRate,
  rounds: number,
): Promise<RatioStatistics> {
  await ours();
  await baseline();
  const pairs: [number, number][] = [];
  for (let round = 0; round < rounds; round++) {
    if (round % 2 === 0) {
      const first = await ours();
      pairs.push([first, await baseline()]);
    } else {
      const first = await baseline();
      pairs.push([await ours(), first]);
    }
  }
  const ratios = pairs.map(([a, b]) => a / b);
  return {
    median: median(ratios),
    lowest: Math.min(...ratios),
    highest: Math.max(...ratios),
    ours: median(pairs.map(([a]) => a)),
    baseline: median(pairs.map(([, b]) => b)),
  };
}
