/** An action of the TMS. */
export type TmsAction =
  | { kind: "adopted"; clusters: number }
  | { kind: "took-starter"; uuid: string }
  | { kind: "submitted"; uuid: string; clusterId: number; nWorkers: number }
  | { kind: "submit-failed"; uuid: string; error: string }
  | { kind: "stray"; uuid: string; clusterId: number }
  | { kind: "took-stopper"; uuid: string; clusterId: number | null }
  | { kind: "removed"; uuid: string; clusterId: number | null }
  | { kind: "remove-failed"; uuid: string; error: string }
  | { kind: "completed"; uuid: string; timestamp: number }
  | { kind: "sent-statuses"; updated: number; failed: number }
  | { kind: "refused"; uuid: string; reason: string }
  | { kind: "retrying"; reason: string; attempt: number; seconds: number };

/** One line for a terminal, without a time. */
export function formatTmsAction(action: TmsAction): string {
  switch (action.kind) {
    case "adopted":
      return `found ${countText(action.clusters, "running cluster")} of an earlier run`;
    case "took-starter":
      return `leased ${action.uuid} to submit it`;
    case "submitted":
      return `submitted ${action.uuid} as cluster ${action.clusterId} with ${countText(action.nWorkers, "worker")}`;
    case "submit-failed":
      return `could not submit ${action.uuid}: ${action.error}`;
    case "stray":
      return `removed stray cluster ${action.clusterId} of ${action.uuid}: its report was refused`;
    case "took-stopper":
      return `leased ${action.uuid} to stop cluster ${action.clusterId}`;
    case "removed":
      return `removed cluster ${action.clusterId} of ${action.uuid}`;
    case "remove-failed":
      return `could not remove the cluster of ${action.uuid}: ${action.error}`;
    case "completed":
      return `completed ${action.uuid}`;
    case "sent-statuses":
      return `sent statuses of ${countText(action.updated + action.failed, "taskforce")}${
        action.failed > 0 ? `, ${action.failed} of them unknown to the WMS` : ""
      }`;
    case "refused":
      return `report on ${action.uuid} was refused: ${action.reason}`;
    case "retrying":
      return `retries in ${action.seconds} s (${action.attempt}/10): ${action.reason}`;
  }
}

const countText = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;
