import type { BeforeHook } from "@bull-board/api/typings/app";
import { currentAuditRecord } from "../operatorAuth/audit.js";
import { fromBoardName } from "./boardNames.js";

/** What operators may do, by the board's routes. None of it changes a phase but retry; all else reconcile makes up for. */
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

const QUEUE_FOLLOWS_PHASE = "The phase of the taskforce is the truth, and the queue follows it.";

/** What they try because the board has buttons for it, with what they are told. */
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
    why: `A job's priority cannot be changed: it follows from the workflow's priority and the failures. ${QUEUE_FOLLOWS_PHASE}`,
  },
  "patch /api/queues/:queueName/:jobId/delay": {
    action: "reschedule",
    why: "A job cannot be rescheduled: its wait follows from the failures. Promote it to end the wait.",
  },
};

/** An obliterate that does not stop at leases. The board asks for it beneath a box to tick. */
const FORCED_OBLITERATE_REFUSAL =
  "A queue with leased jobs cannot be obliterated: without its lease a taskforce would be handed out a second time. " +
  "Pause the queue, and wait until its leases have ended.";

const UNSUPPORTED_REFUSAL = "This service has no use for that.";

/** What a request to change something means, and why it is refused; undefined: it is not. */
function evaluatePermission(
  route: string,
  body: { force?: unknown } | undefined,
): { action: string; refusal?: string } {
  const action = ALLOWED_ACTIONS[route];
  if (action === "obliterate" && body?.force === true) return { action, refusal: FORCED_OBLITERATE_REFUSAL };
  if (action !== undefined) return { action };
  const refused = REFUSED_ACTIONS[route];
  return { action: refused?.action ?? route, refusal: refused?.why ?? UNSUPPORTED_REFUSAL };
}

/** Asked before anything happens: nothing but what is listed changes anything, and the audit learns what it is. */
export const enforcePermissions: BeforeHook = ({ method, route, request }) => {
  if (method === "get") return undefined;
  const { action, refusal } = evaluatePermission(`${method} ${route}`, request.body);
  const { queueName, jobId, queueStatus } = request.params as Record<string, string | undefined>;
  const act = currentAuditRecord();
  if (act !== undefined) {
    act.action = queueStatus === undefined ? action : `${action} (${queueStatus})`;
    act.queue = queueName && fromBoardName(queueName);
    act.job = jobId;
    act.refusal = refusal;
  }
  return refusal === undefined ? undefined : { allow: false, status: 403, message: refusal };
};
