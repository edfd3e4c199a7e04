import { setTimeout as wait } from "node:timers/promises";
import type { RandomSource } from "./randomSource.js";
import type { RecordedRequestOptions, RecordedResponse, RecordingClient } from "./recordingClient.js";

/** The longest delay of a report, in milliseconds. */
const MAX_DELAY_MS = 2000;
/** The longest time that a report waits for a later report to overtake it, in milliseconds. */
const MAX_REORDER_WAIT_MS = 1000;

/** Repeats, delays and reorders the reports of all TMSes, like a bad network. */
export class ReportNoise {
  isRepeating = false;
  isDelaying = false;
  isReordering = false;
  readonly #client: RecordingClient;
  readonly #random: RandomSource;
  readonly #copies = new Set<Promise<void>>();
  /** Sends the report that waits to be overtaken. */
  #release: (() => void) | undefined;

  constructor(client: RecordingClient, random: RandomSource) {
    this.#client = client;
    this.#random = random;
  }

  /** Sends a report once or twice, possibly late. @throws NoResponseError when no response arrives */
  async send(path: string, sent: RecordedRequestOptions): Promise<RecordedResponse<unknown>> {
    if (this.isDelaying && this.#random.chance(0.5)) await wait(this.#random.numberBetween(0, MAX_DELAY_MS));
    if (this.isReordering) await this.#waitToBeOvertaken();
    if (this.isRepeating && this.#random.chance(0.5)) this.#sendCopyLater(path, sent);
    return this.#client.send("POST", path, sent);
  }

  /** Waits until all copies have ended. */
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
      // The delay makes sure that the waiting report is sent after this one.
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
