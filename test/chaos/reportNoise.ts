import { setTimeout as wait } from "node:timers/promises";
import type { Dice } from "./randomSource.js";
import type { Answer, Sent, Wire } from "./recordingClient.js";

/** The longest delay of a report, in milliseconds. */
const LATEST = 2000;
/** The longest time that one report waits to be overtaken by another, in milliseconds. */
const OVERTAKEN_WITHIN = 1000;

/** What a bad network does to the reports of all TMSes. */
export class ReportNoise {
  repeats = false;
  delays = false;
  reorders = false;
  readonly #wire: Wire;
  readonly #dice: Dice;
  readonly #copies = new Set<Promise<void>>();
  /** Lets a report go that waits to be overtaken. */
  #release: (() => void) | undefined;

  constructor(wire: Wire, dice: Dice) {
    this.#wire = wire;
    this.#dice = dice;
  }

  /** Sends a report, once or more, now or later. @throws Lost */
  async send(path: string, sent: Sent): Promise<Answer<unknown>> {
    if (this.delays && this.#dice.chance(0.5)) await wait(this.#dice.between(0, LATEST));
    if (this.reorders) await this.#isOvertaken();
    if (this.repeats && this.#dice.chance(0.5)) this.#copy(path, sent);
    return this.#wire.send("POST", path, sent);
  }

  /** Fulfilled once all copies have been answered, or got lost. */
  async settled(): Promise<void> {
    await Promise.all(this.#copies);
  }

  /** The same report again, at any time; what it is answered is for nobody. A copy on its way outlives its sender. */
  #copy(path: string, { body }: Sent): void {
    const copy = wait(this.#dice.between(0, LATEST))
      .then(() => this.#wire.send("POST", path, { body }))
      .then(
        () => {},
        () => {},
      )
      .finally(() => this.#copies.delete(copy));
    this.#copies.add(copy);
  }

  async #isOvertaken(): Promise<void> {
    if (this.#release !== undefined) {
      // Gives the waiting one time to be really later.
      setTimeout(this.#release, 50);
      this.#release = undefined;
      return;
    }
    const overtaken = new Promise<void>((resolve) => {
      this.#release = resolve;
    });
    await Promise.race([overtaken, wait(OVERTAKEN_WITHIN)]);
  }
}
