import { isTaskforceUuid, isWorkflowId } from "../../domain/ids.js";

/** Path of the operator pages. */
export const OPERATOR_PATH = "/admin";

/** Path of the Bull dashboard. */
export const BOARD_PATH = `${OPERATOR_PATH}/queues`;

/** Returns the link to the page of an entity; undefined for other ids. */
export function entityLinkOf(id: string): { displayText: string; href: string } | undefined {
  if (isTaskforceUuid(id)) return { displayText: "taskforce", href: `${OPERATOR_PATH}/taskforces/${id}` };
  if (isWorkflowId(id)) return { displayText: "workflow", href: `${OPERATOR_PATH}/workflows/${id}` };
  return undefined;
}
