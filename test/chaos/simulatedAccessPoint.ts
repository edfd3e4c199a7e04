import { setTimeout as wait } from "node:timers/promises";
import { SimulatedCondor } from "./simulatedCondor.js";
import { SimulatedTms, type TmsCrashPoint, type TmsDependencies } from "./simulatedTms.js";

/** Milliseconds that a TMS waits for a lease before it crashes without one. */
const TMS_CRASH_TIMEOUT_MS = 5000;

/** An access point: an HTCondor, and a TMS that crashes and restarts. */
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

  /** Crashes the TMS while it leases a taskforce, and starts a new one. @param downtimeMs milliseconds in between */
  async crashTms(crashPoint: TmsCrashPoint, downtimeMs: number): Promise<void> {
    await this.#tms.crashWithTaskforce(crashPoint, TMS_CRASH_TIMEOUT_MS);
    await wait(downtimeMs);
    this.#tms = new SimulatedTms(this.#dependencies);
  }

  /** Whether the service has received all events. */
  get hasReportedAll(): boolean {
    return this.condor.unreportedSubmissions().length === 0 && this.condor.unreportedEnds().length === 0;
  }

  stop(): Promise<void> {
    return this.#tms.drain();
  }
}
