import { hostname } from "node:os";
import packageJson from "../../package.json" with { type: "json" };
import { epochMs } from "../domain/clock.js";
import { HEARTBEAT_INTERVAL_MS, type ProcessFacts } from "../store/processRegistry.js";
import type { Store } from "../store/store.js";
import type { PeriodicWork } from "../workers/periodic.js";
import { type Roles, roleOf } from "./roles.js";

/**
 * Reports now, and then regularly, that this process is alive. What became of its responses while Redis failed is stored
 * with a heartbeat.
 *
 * @returns the work that goes on with it
 */
export async function startHeartbeat({ processes, deliveryMarks }: Store, roles: Roles): Promise<PeriodicWork> {
  const facts: ProcessFacts = {
    role: roleOf(roles),
    version: packageJson.version,
    host: hostname(),
    pid: process.pid,
    started: epochMs() / 1000,
  };
  await processes.beat(facts);
  return {
    name: "heartbeat",
    intervalMs: HEARTBEAT_INTERVAL_MS,
    async runOnce() {
      await processes.beat(facts);
      await deliveryMarks.settleAll();
    },
  };
}
