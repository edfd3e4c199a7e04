import { isTaskforceUuid, isWorkflowId } from "../../domain/ids.js";

/** Where the pages for operators are mounted: their links are absolute. */
export const OPERATOR_PATH = "/admin";

/** Where the Bull dashboard is. */
export const BOARD_PATH = `${OPERATOR_PATH}/queues`;

/** Where an operator's browser finds an entity; undefined for ids of something else. */
export function entityLinkOf(id: string): { displayText: string; href: string } | undefined {
  if (isTaskforceUuid(id)) return { displayText: "taskforce", href: `${OPERATOR_PATH}/taskforces/${id}` };
  if (isWorkflowId(id)) return { displayText: "workflow", href: `${OPERATOR_PATH}/workflows/${id}` };
  return undefined;
}
