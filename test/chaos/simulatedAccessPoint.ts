import { setTimeout as wait } from "node:timers/promises";
import { Condor } from "./simulatedCondor.js";
import { type DeathTrap, type TmsParts, TmsProcess } from "./simulatedTms.js";

/** Milliseconds that a TMS which is to die with a taskforce in hand waits for one. */
const PATIENCE = 5000;

/** An access point: an HTCondor, and a TMS that may die and be started again. */
export class AccessPoint {
  readonly condor: Condor;
  readonly #parts: TmsParts;
  #tms: TmsProcess;

  /** @param number tells it from the others */
  constructor(number: number, parts: Omit<TmsParts, "condor">) {
    this.condor = new Condor(1 + number * 10_000_000);
    this.#parts = { ...parts, condor: this.condor };
    this.#tms = new TmsProcess(this.#parts);
  }

  /** Its TMS dies with a taskforce in hand. @param lasts milliseconds until the next one is started */
  async killTms(trap: DeathTrap, lasts: number): Promise<void> {
    await this.#tms.dieWithTaskforce(trap, PATIENCE);
    await wait(lasts);
    this.#tms = new TmsProcess(this.#parts);
  }

  /** Whether the service has been told all that happened. */
  get hasToldAll(): boolean {
    return this.condor.untold().length === 0 && this.condor.ended().length === 0;
  }

  end(): Promise<void> {
    return this.#tms.end();
  }
}
