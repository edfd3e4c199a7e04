/** Work done by one side in one round: operations for each second. */
export type MeasureRate = () => Promise<number>;

/** What a comparison gave. Ratios are ours / baseline: above 1 we are faster. */
export interface RatioStatistics {
  median: number;
  lowest: number;
  highest: number;
  /** Operations for each second, medians. They mean little beyond this run. */
  ours: number;
  baseline: number;
}

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};

/**
 * Compares two sides in turns, so that whatever else the machine does hits both alike; who goes first changes each time.
 *
 * @param rounds how many pairs count; one more goes before, to warm both up
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
