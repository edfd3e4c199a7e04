import { hostname } from "node:os";
import packageJson from "../../package.json" with { type: "json" };
import { epochMs } from "../domain/clock.js";
import { HEARTBEAT_INTERVAL_MS, type ProcessFacts } from "../store/processRegistry.js";
import type { Store } from "../store/store.js";
import type { PeriodicWork } from "../workers/periodic.js";
import type { ProcessVitals } from "./processVitals.js";
import { type Roles, roleOf } from "./roles.js";

/**
 * The work that reports regularly that this process is alive, and in which state. What became of its responses while Redis
 * failed is stored with a heartbeat.
 */
export function heartbeat({ processes, deliveryMarks }: Store, roles: Roles, vitals: ProcessVitals): PeriodicWork {
  const facts: ProcessFacts = {
    role: roleOf(roles),
    version: packageJson.version,
    host: hostname(),
    pid: process.pid,
    started: epochMs() / 1000,
  };
  return {
    name: "heartbeat",
    intervalMs: HEARTBEAT_INTERVAL_MS,
    async runOnce() {
      await processes.beat({ ...facts, ...vitals.measure() });
      await deliveryMarks.settleAll();
    },
  };
}
