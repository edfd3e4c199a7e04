/** Work done by one side in one round: operations for each second. */
export type Round = () => Promise<number>;

/** What a comparison gave. Ratios are ours / baseline: above 1 we are faster. */
export interface Ratio {
  median: number;
  lowest: number;
  highest: number;
  /** Operations for each second, medians. They mean little beyond this run. */
  ours: number;
  baseline: number;
}

const middle = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};

/**
 * Compares two sides in turns, so that whatever else the machine does hits both alike; who goes first changes each time.
 *
 * @param rounds how many pairs count; one more goes before, to warm both up
 */
export async function compare(ours: Round, baseline: Round, rounds: number): Promise<Ratio> {
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
    median: middle(ratios),
    lowest: Math.min(...ratios),
    highest: Math.max(...ratios),
    ours: middle(pairs.map(([a]) => a)),
    baseline: middle(pairs.map(([, b]) => b)),
  };
}
