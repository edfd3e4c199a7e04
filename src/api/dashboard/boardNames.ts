/*
 * The board decodes the names of queues once more than its pages encode them, which would corrupt a percent sign. The names
 * of queues have no `=`, because special characters of a schedd are percent-encoded.
 */

/** Returns the board's name of a queue. */
export const toBoardName = (queue: string): string => queue.replaceAll("%", "=");

/** Returns the queue with a name of the board. */
export const fromBoardName = (name: string): string => name.replaceAll("=", "%");

/** Returns the name that the pages show for a queue. */
export const queueDisplayName = (queue: string): string => decodeURIComponent(queue);
