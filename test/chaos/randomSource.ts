import { seededRandom } from "../../scripts/tms/random.js";

/** Chance that can be repeated: the same seed throws the same. */
export class RandomSource {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  /** A number from `least` up to, but not including, `most`. */
  numberBetween(least: number, most: number): number {
    return least + (most - least) * this.#random();
  }

  /** An integer from 0 up to, but not including, `count`. */
  integerBelow(count: number): number {
    return Math.floor(this.numberBetween(0, count));
  }

  chance(probability: number): boolean {
    return this.#random() < probability;
  }

  pick<T>(choices: readonly T[]): T {
    const chosen = choices[this.integerBelow(choices.length)];
    if (chosen === undefined) throw new RangeError("nothing to choose from");
    return chosen;
  }

  /** The same things in another order. */
  shuffled<T>(things: readonly T[]): T[] {
    const left = [...things];
    return things.flatMap(() => left.splice(this.integerBelow(left.length), 1));
  }
}
