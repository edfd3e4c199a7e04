/** Priority of a workflow whose request sets none. */
export const DEFAULT_PRIORITY = 50;
/** Larger priorities are reduced to this one. */
export const MAX_PRIORITY = 100;
/** Added to the taskforces of add-workers, so that they are handed out before all others. */
export const ADD_WORKERS_BOOST = 100;

/** The highest priority a taskforce can have. */
export const MAX_TASKFORCE_PRIORITY = MAX_PRIORITY + ADD_WORKERS_BOOST;

/** Returns the stored priority of a request. */
export const normalizePriority = (requested: number | undefined): number =>
  Math.min(requested ?? DEFAULT_PRIORITY, MAX_PRIORITY);
