import { setTimeout as wait } from "node:timers/promises";
import { SimulatedCondor } from "./simulatedCondor.js";
import { SimulatedTms, type TmsCrashPoint, type TmsDependencies } from "./simulatedTms.js";

/** Milliseconds that a TMS which is to die with a taskforce in hand waits for one. */
const TMS_CRASH_TIMEOUT_MS = 5000;

/** An access point: an HTCondor, and a TMS that may die and be started again. */
export class SimulatedAccessPoint {
  readonly condor: SimulatedCondor;
  readonly #dependencies: TmsDependencies;
  #tms: SimulatedTms;

  /** @param number unique among the access points */
  constructor(number: number, parts: Omit<TmsDependencies, "condor">) {
    this.condor = new SimulatedCondor(1 + number * 10_000_000);
    this.#dependencies = { ...parts, condor: this.condor };
    this.#tms = new SimulatedTms(this.#dependencies);
  }

  /** Its TMS dies with a taskforce in hand. @param downtimeMs milliseconds until the next one is started */
  async crashTms(crashPoint: TmsCrashPoint, downtimeMs: number): Promise<void> {
    await this.#tms.crashWithTaskforce(crashPoint, TMS_CRASH_TIMEOUT_MS);
    await wait(downtimeMs);
    this.#tms = new SimulatedTms(this.#dependencies);
  }

  /** Whether all events are reported to the service. */
  get hasReportedAll(): boolean {
    return this.condor.unreportedSubmissions().length === 0 && this.condor.unreportedEnds().length === 0;
  }

  stop(): Promise<void> {
    return this.#tms.drain();
  }
}
