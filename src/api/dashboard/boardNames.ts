/*
 * The board decodes the names of queues once more than its pages encode them, so a percent sign does not survive. Names of
 * our queues have no `=`: a schedd with special characters is percent-encoded in them.
 */

/** The name under which the board knows a queue. */
export const toBoardName = (queue: string): string => queue.replaceAll("%", "=");

/** The queue that the board means. */
export const fromBoardName = (name: string): string => name.replaceAll("=", "%");

/** A queue's name for people. */
export const queueDisplayName = (queue: string): string => decodeURIComponent(queue);
