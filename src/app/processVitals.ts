import type { Server } from "node:http";
import { type IntervalHistogram, monitorEventLoopDelay } from "node:perf_hooks";
import { epochMs, machineClockAheadSeconds } from "../domain/clock.js";
import type { WmsEventEmitter } from "../domain/wmsEvents.js";
import type { ProcessState, ReconcilePass } from "../store/processRegistry.js";
import { countConnections } from "./httpListener.js";
import type { ProcessUpstreams } from "./upstreams.js";

/** Milliseconds between two samples of the event loop. Node counts them as a part of each delay. */
const DELAY_RESOLUTION_MS = 20;

/** Measures the state that a process reports with its heartbeats. */
export class ProcessVitals {
  /** The server of a web process, once it listens. */
  server: Server | undefined;
  readonly #upstreams: ProcessUpstreams;
  readonly #delays: IntervalHistogram = monitorEventLoopDelay({ resolution: DELAY_RESOLUTION_MS });
  #reconcile: ReconcilePass | null = null;

  /** @param events report the passes of reconcile */
  constructor(upstreams: ProcessUpstreams, events: WmsEventEmitter) {
    this.#upstreams = upstreams;
    this.#delays.enable();
    events.on("reconciled", (pass) => {
      this.#reconcile = { at: epochMs() / 1000, ...pass };
    });
  }

  /** Measures now. The event-loop delay covers the time since the last measurement. */
  measure(): ProcessState {
    const { mqs, identityProvider, pilotImages } = this.#upstreams;
    const delayMs = Math.max(0, this.#delays.percentile(99) / 1e6 - DELAY_RESOLUTION_MS);
    const event_loop_delay_ms = this.#delays.count === 0 ? null : roundTo(delayMs, 1);
    this.#delays.reset();
    return {
      event_loop_delay_ms,
      connections: this.server === undefined ? null : countConnections(this.server),
      rss_bytes: process.memoryUsage.rss(),
      clock_difference_seconds: roundTo(machineClockAheadSeconds(), 3),
      upstreams: {
        mqs: mqs?.state ?? null,
        identity_provider: identityProvider?.state ?? null,
        pilot_images: pilotImages?.outcomes.state ?? null,
      },
      reconcile: this.#reconcile,
    };
  }

  /** Ends the samples. */
  close(): void {
    this.#delays.disable();
  }
}

const roundTo = (value: number, digits: number): number => Number(value.toFixed(digits));
