import type { SequentialModel } from "./linearizability.js";

/** The job of a taskforce in a lease queue. */
export type JobState =
  | { readonly is: "absent" | "waiting" | "gone" }
  /** @property sinceMs when the lease began */
  | { readonly is: "leased"; readonly sinceMs: number };

/**
 * What may happen to the job: `wanted` makes it wait if it is absent. `hand-out` leases it. `failure` is the report of one,
 * which may be a late one that ends nothing. `done` and `refused` say that the taskforce has left the queue for good.
 * `queue lost` ends the lease.
 */
export type JobCall = "wanted" | "hand-out" | "failure" | "done" | "refused" | "queue lost";

const WAITING: JobState = { is: "waiting" };
const GONE: JobState = { is: "gone" };

/** A job that is leased to one client at a time, and never after it is done. */
export const leasedJobModel = (initial: "absent" | "waiting", leaseMs: number): SequentialModel<JobState, JobCall> => ({
  initial: { is: initial },
  keyOf: (state) => (state.is === "leased" ? `leased ${state.sinceMs}` : state.is),
  step(state, call, { fromMs, toMs }) {
    const now = (...states: JobState[]) => states.map((each) => ({ state: each, atMs: fromMs }));
    switch (call) {
      case "wanted":
        return now(state.is === "absent" ? WAITING : state);
      case "hand-out": {
        if (state.is === "absent" || state.is === "gone") return [];
        const atMs = state.is === "leased" ? Math.max(fromMs, state.sinceMs + leaseMs) : fromMs;
        return atMs > toMs ? [] : [{ state: { is: "leased", sinceMs: atMs }, atMs }];
      }
      case "failure":
        return state.is === "leased" ? now(WAITING, state) : now(state);
      case "done":
        return now(GONE);
      case "refused":
        return state.is === "gone" ? now(state) : [];
      case "queue lost":
        return now(state.is === "leased" ? WAITING : state);
    }
  },
});
