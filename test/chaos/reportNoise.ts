import { setTimeout as wait } from "node:timers/promises";
import type { RandomSource } from "./randomSource.js";
import type { RecordedRequestOptions, RecordedResponse, RecordingClient } from "./recordingClient.js";

/** The longest delay of a report, in milliseconds. */
const MAX_DELAY_MS = 2000;
/** The longest time that one report waits to be overtaken by another, in milliseconds. */
const MAX_REORDER_WAIT_MS = 1000;

/** What a bad network does to the reports of all TMSes. */
export class ReportNoise {
  isRepeating = false;
  isDelaying = false;
  isReordering = false;
  readonly #client: RecordingClient;
  readonly #random: RandomSource;
  readonly #copies = new Set<Promise<void>>();
  /** Lets a report go that waits to be overtaken. */
  #release: (() => void) | undefined;

  constructor(wire: RecordingClient, dice: RandomSource) {
    this.#client = wire;
    this.#random = dice;
  }

  /** Sends a report, once or more, now or later. @throws Lost */
  async send(path: string, sent: RecordedRequestOptions): Promise<RecordedResponse<unknown>> {
    if (this.isDelaying && this.#random.chance(0.5)) await wait(this.#random.numberBetween(0, MAX_DELAY_MS));
    if (this.isReordering) await this.#waitToBeOvertaken();
    if (this.isRepeating && this.#random.chance(0.5)) this.#sendCopyLater(path, sent);
    return this.#client.send("POST", path, sent);
  }

  /** Fulfilled once all copies have been answered, or got lost. */
  async waitForCopies(): Promise<void> {
    await Promise.all(this.#copies);
  }

  /** Sends a report again at any time, and ignores the response. The copy may arrive after its sender has ended. */
  #sendCopyLater(path: string, { body }: RecordedRequestOptions): void {
    const copy = wait(this.#random.numberBetween(0, MAX_DELAY_MS))
      .then(() => this.#client.send("POST", path, { body }))
      .then(
        () => {},
        () => {},
      )
      .finally(() => this.#copies.delete(copy));
    this.#copies.add(copy);
  }

  async #waitToBeOvertaken(): Promise<void> {
    if (this.#release !== undefined) {
      // Gives the waiting one time to be really later.
      setTimeout(this.#release, 50);
      this.#release = undefined;
      return;
    }
    const overtaken = new Promise<void>((resolve) => {
      this.#release = resolve;
    });
    await Promise.race([overtaken, wait(MAX_REORDER_WAIT_MS)]);
  }
}
