/*
 * Bounds of stored text, so that no document is slow to read. Sizes are bytes in UTF-8. `ENTITY_MAX_BYTES` bounds what a
 * user stores, and larger requests are refused. A report of a TMS is a fact: it is cut, never refused for its size.
 */

/** Default of `ENTITY_MAX_BYTES`. */
export const DEFAULT_ENTITY_MAX_BYTES = 1024 * 1024;

/** An error text, the context of a log entry, a path, or a key of `top_task_errors`. */
export const MAX_TEXT_BYTES = 8 * 1024;

/** Entries of `top_task_errors`. */
export const MAX_TOP_TASK_ERRORS = 1000;

/** `submit_dict` and `compound_statuses`, each as JSON. */
export const MAX_REPORTED_MAP_BYTES = 1024 * 1024;

/** A longer value of an index key is replaced by its digest. */
export const MAX_INDEX_VALUE_BYTES = 128;

/** Bounds of a `phase_change_log`. `store/scripts/prelude.lua` applies them. */
export const PHASE_LOG_LIMITS = {
  maxEntries: 1000,
  maxBytes: 1024 * 1024,
  /** What remains when a log is trimmed: less than the maximum, so that not every append trims. */
  trimmedEntries: 900,
  trimmedBytes: 896 * 1024,
  /** The oldest entries, which always remain. */
  headEntries: 50,
  headBytes: 512 * 1024,
  /** Entries of a shorter log are not counted: 1,000 of the shortest entries need more. */
  minBytesToCount: 25_000,
} as const;

/** `source_entity` of the log entry that counts the entries left out. No other entry has it. */
export const PHASE_LOG_TRIMMER = "WMS";

/** Characters that one script writes, few enough not to block Redis. */
export const WRITE_BATCH_CHARS = 2 * 1024 * 1024;

/** Bytes of stored records that one batch reads; a batch has at least one record. */
export const READ_BATCH_BYTES = 1024 * 1024;
