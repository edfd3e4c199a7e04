import { seededRandom } from "../../scripts/tms/random.js";

/** A seeded random number generator. */
export class RandomSource {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  /** Returns a number from `least` up to, but not including, `most`. */
  numberBetween(least: number, most: number): number {
    return least + (most - least) * this.#random();
  }

  /** Returns an integer from 0 up to, but not including, `count`. */
  integerBelow(count: number): number {
    return Math.floor(this.numberBetween(0, count));
  }

  chance(probability: number): boolean {
    return this.#random() < probability;
  }

  pick<T>(choices: readonly T[]): T {
    const chosen = choices[this.integerBelow(choices.length)];
    if (chosen === undefined) throw new RangeError("no choices");
    return chosen;
  }

  /** Returns the things in random order. */
  shuffled<T>(things: readonly T[]): T[] {
    const left = [...things];
    return things.flatMap(() => left.splice(this.integerBelow(left.length), 1));
  }
}
