/** The priority of a workflow whose request names none. */
export const DEFAULT_PRIORITY = 50;
/** A larger one is stored as this. */
export const MAX_PRIORITY = 100;
/** What add-workers adds, so that helpers of a running task overtake whatever waits. */
export const ADD_WORKERS_BOOST = 100;

/** The highest priority a taskforce can have. */
export const MAX_TASKFORCE_PRIORITY = MAX_PRIORITY + ADD_WORKERS_BOOST;

/** The priority that is stored for a request. */
export const normalizePriority = (requested: number | undefined): number =>
  Math.min(requested ?? DEFAULT_PRIORITY, MAX_PRIORITY);
