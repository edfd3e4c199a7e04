import { hrefOf } from "../paths/basePath.ts";

/** The Bull dashboard's page of a queue. @param status of the jobs that it lists */
export const queueUrl = (queue: string, status?: "failed"): string =>
  hrefOf(`/admin/queues/queue/${encodeURIComponent(queue)}${status === undefined ? "" : `?status=${status}`}`);

/** The name of a schedd's queue in BullMQ. */
export const scheddQueueName = (kind: "starter" | "stopper", schedd: string): string =>
  `${kind}-${encodeURIComponent(schedd)}`;
