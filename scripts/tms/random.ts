/** Gives numbers from 0 up to, but not including, 1, as `Math.random` does. */
export type Random = () => number;

/**
 * A reproducible source of random numbers: the same seed gives the same pool. (Mulberry32, by Tommy Ettinger; good
 * enough to shake a simulation, nothing else.)
 *
 * @param seed an integer
 */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
