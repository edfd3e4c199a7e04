/** The queues of the background work. */
export const BACKGROUND = {
  activation: "mq-activation",
  launch: "taskforce-launch",
  deactivation: "workflow-deactivation",
  fanout: "status-fanout",
} as const;

/** `:`, `{` and `}` would break BullMQ's keys and Redis Cluster's hash tags; a percent-encoded schedd has none. */
const encoded = (schedd: string): string => encodeURIComponent(schedd);

/** The queue of taskforces that a schedd shall start. */
export const starterName = (schedd: string): string => `starter-${encoded(schedd)}`;

/** The queue of taskforces that a schedd shall stop. */
export const stopperName = (schedd: string): string => `stopper-${encoded(schedd)}`;

/** All keys of a queue begin with this; as a hash tag it keeps them in one slot of a Redis Cluster. */
export const prefixOf = (name: string): string => `{wmsq-${name}}`;
