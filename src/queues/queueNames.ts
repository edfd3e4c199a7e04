/** The queues of the background work. */
export const BACKGROUND_QUEUE_NAMES = {
  activation: "mq-activation",
  launch: "taskforce-launch",
  deactivation: "workflow-deactivation",
  fanout: "status-fanout",
} as const;

/** Percent-encodes a schedd: `:`, `{` and `}` would break BullMQ's keys and Redis Cluster's hash tags. */
const encodeSchedd = (schedd: string): string => encodeURIComponent(schedd);

/** The queue of taskforces that a schedd shall start. */
export const starterQueueName = (schedd: string): string => `starter-${encodeSchedd(schedd)}`;

/** The queue of taskforces that a schedd shall stop. */
export const stopperQueueName = (schedd: string): string => `stopper-${encodeSchedd(schedd)}`;

/** The prefix of all keys of a queue, a hash tag that keeps them in one slot of a Redis Cluster. */
export const queueKeyPrefix = (name: string): string => `{wmsq-${name}}`;
