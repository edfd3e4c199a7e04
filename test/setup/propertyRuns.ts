/** Fraction of the runs of a property test that `npm test` makes. */
const FAST_FRACTION = 1 / 10;
const MIN_RUNS = 5;

/** The runs of a property test: all of them if the environment variable `SLOW_TESTS` is set. */
export const propertyRuns = (full: number): number =>
  process.env["SLOW_TESTS"] ? full : Math.max(MIN_RUNS, Math.ceil(full * FAST_FRACTION));
