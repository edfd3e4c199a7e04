import { isTaskforceUuid, isWorkflowId } from "../../domain/ids.js";

/** Path of the operator pages. */
export const OPERATOR_PATH = "/admin";

/** Path of the Bull dashboard. */
export const BOARD_PATH = `${OPERATOR_PATH}/queues`;

/**
 * Returns the link to the page of an entity; undefined for other ids.
 *
 * @param basePath path of the service behind a reverse proxy, without a slash at the end; empty: it has none
 */
export function entityLinkOf(basePath: string, id: string): { displayText: string; href: string } | undefined {
  const pages = basePath + OPERATOR_PATH;
  if (isTaskforceUuid(id)) return { displayText: "taskforce", href: `${pages}/taskforces/${id}` };
  if (isWorkflowId(id)) return { displayText: "workflow", href: `${pages}/workflows/${id}` };
  return undefined;
}
