import type { ByPhase } from "./summary.js";

/** One of a schedd's two queues. The lists are there when one schedd is asked for. */
export interface QueueState {
  waiting: number;
  leased: number;
  delayed: number;
  dead: number;
  oldest_waiting_seconds: number;
  dead_letters?: { taskforce_uuid: string; reason: string; timestamp: number }[];
  leases?: { taskforce_uuid: string; since: number }[];
  next?: string[];
}

/** What is queued at an HTCondor access point. */
export interface ScheddState {
  schedd: string;
  last_poll: number | null;
  taskforces_by_phase: ByPhase;
  starter: QueueState;
  stopper: QueueState;
}
