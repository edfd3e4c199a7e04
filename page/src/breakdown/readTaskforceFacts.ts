import type { TaskforceFacts } from "../../../client/src/breakdown.js";
import { fetchLocations, findTaskforceFacts } from "../api/apiRequests.ts";
import { yieldToBrowser } from "../live/yieldToBrowser.ts";

/** Maximum number of taskforces that a breakdown reads. */
const MAX_READ_TASKFORCES = 10_000;

/** What a breakdown by schedd or taskforce needs. */
export interface BreakdownFacts {
  taskforces: TaskforceFacts[];
  /** False: there are more taskforces than {@link MAX_READ_TASKFORCES}. */
  isComplete: boolean;
  /** The cluster locations of each access point. */
  locations: ReadonlyMap<string, string[]>;
}

/** Reads the workers and errors of taskforces. @param filter selects them */
export async function readTaskforceFacts(
  filter: Record<string, unknown>,
  signal: AbortSignal,
): Promise<BreakdownFacts> {
  const listed = await fetchLocations(signal);
  const locations = new Map<string, string[]>();
  for (const { schedd, location } of listed.locations)
    locations.set(schedd, [...(locations.get(schedd) ?? []), location]);
  const taskforces: TaskforceFacts[] = [];
  for await (const page of findTaskforceFacts(filter, signal)) {
    for (const { top_task_errors, ...facts } of page) {
      const errorCount = Object.values(top_task_errors).reduce((sum, n) => sum + n, 0);
      taskforces.push({ ...facts, errorCount });
    }
    if (taskforces.length >= MAX_READ_TASKFORCES)
      return { taskforces: taskforces.slice(0, MAX_READ_TASKFORCES), isComplete: false, locations };
    await yieldToBrowser();
  }
  return { taskforces, isComplete: true, locations };
}
