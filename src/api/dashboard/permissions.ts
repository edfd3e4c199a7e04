import type { BeforeHook } from "@bull-board/api/typings/app";
import { currentAuditRecord } from "../operatorAuth/audit.js";

/** Allowed actions, by the board's routes. Only retry changes a taskforce; reconcile repairs the queues after the others. */
const ALLOWED_ACTIONS: Record<string, string> = {
  "put /api/queues/:queueName/:jobId/retry": "retry",
  "put /api/queues/:queueName/retry/:queueStatus": "retry all",
  "put /api/queues/:queueName/:jobId/promote": "promote",
  "put /api/queues/:queueName/promote": "promote all",
  "put /api/queues/:queueName/:jobId/clean": "remove",
  "put /api/queues/:queueName/clean/:queueStatus": "clean",
  "put /api/queues/:queueName/empty": "empty",
  "put /api/queues/:queueName/obliterate": "obliterate",
  "put /api/queues/:queueName/pause": "pause",
  "put /api/queues/:queueName/resume": "resume",
  "put /api/queues/pause": "pause all queues",
  "put /api/queues/resume": "resume all queues",
};

const QUEUE_FOLLOWS_PHASE = "The queue follows the phase of the taskforce.";

/** Actions of the board that the service refuses, with the reason that the operator sees. */
const REFUSED_ACTIONS: Record<string, { action: string; why: string }> = {
  "post /api/queues/:queueName/add": {
    action: "add job",
    why: `Jobs cannot be added or duplicated here. ${QUEUE_FOLLOWS_PHASE}`,
  },
  "patch /api/queues/:queueName/:jobId/update-data": {
    action: "edit data",
    why: `A job's data cannot be edited: it is read from the taskforce or workflow. ${QUEUE_FOLLOWS_PHASE}`,
  },
  "patch /api/queues/:queueName/:jobId/priority": {
    action: "change priority",
    why: `A job's priority cannot be changed: it depends on the workflow's priority and the number of failures. ${QUEUE_FOLLOWS_PHASE}`,
  },
  "patch /api/queues/:queueName/:jobId/delay": {
    action: "reschedule",
    why: "A job cannot be rescheduled: the wait depends on the number of failures. Promote the job to end the wait.",
  },
};

/** The board has a check box to obliterate a queue in spite of its leases. */
const FORCED_OBLITERATE_REFUSAL =
  "A queue with leased jobs cannot be obliterated: a taskforce without its lease would be handed out a second time. " +
  "Pause the queue, and wait for the end of its leases.";

/** Why the service refuses an action; undefined: it is allowed. */
function refusalOf(route: string, { force }: { force?: unknown } = {}): string | undefined {
  if (ALLOWED_ACTIONS[route] === undefined)
    return REFUSED_ACTIONS[route]?.why ?? "This service does not support this action.";
  return ALLOWED_ACTIONS[route] === "obliterate" && force === true ? FORCED_OBLITERATE_REFUSAL : undefined;
}

/** Runs before each action: refuses all but the allowed ones, and completes the audit record. */
export const enforcePermissions: BeforeHook = ({ method, route: path, request: { body, params } }) => {
  if (method === "get") return undefined;
  const route = `${method} ${path}`;
  const action = ALLOWED_ACTIONS[route] ?? REFUSED_ACTIONS[route]?.action ?? route;
  const refusal = refusalOf(route, body);
  const { queueName, jobId, queueStatus } = params as Record<string, string | undefined>;
  const record = currentAuditRecord();
  if (record !== undefined) {
    record.action = queueStatus === undefined ? action : `${action} (${queueStatus})`;
    // The reverse of QueueAdapter.getName.
    record.queue = queueName?.replaceAll("=", "%");
    record.job = jobId;
    record.refusal = refusal;
  }
  return refusal === undefined ? undefined : { allow: false, status: 403, message: refusal };
};
