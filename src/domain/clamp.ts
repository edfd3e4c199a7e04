/** The number of a range that is closest to a value. */
export const clamp = (value: number, [least, most]: readonly [least: number, most: number]): number =>
  Math.min(most, Math.max(least, value));
