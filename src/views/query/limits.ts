/** The limits of queries. Work is counted in units of about 10 ns on a slow core. */

/** Units of work. */
export const WORK = {
  /** To read a part of one record from Redis. */
  entity: 1_000,
  /** To parse one character of a document, or to copy it by a projection. */
  character: 0.5,
  /** To test a document against a condition, beside the work on its values. */
  condition: 20,
  /** To test a value against a condition, or to compare one pair of members. */
  value: 4,
  /** To compare or to hash one character of a text. */
  comparedCharacter: 0.1,
  /** One instruction of a pattern on one character of a short text. On longer texts the time is measured. */
  patternStep: 0.25,
  /** To compile one condition. */
  compiledCondition: 500,
  /** One millisecond. */
  millisecond: 100_000,
  /** To read a range of an index or to count its members, even when it is empty. */
  indexRange: 150,
  /** To read one entry of an index. */
  indexEntry: 100,
} as const;

/** Units for one page, about 5 s. The page ends when they are used up. */
export const MAX_PAGE_WORK = 500_000_000;
/** Units for one condition on one document, between which nothing else runs: about 40 ms. */
export const MAX_CONDITION_WORK = 4_000_000;
/** Units up to which a query may run beside any number of others: about 50 ms. */
export const MAX_CHEAP_WORK = 5_000_000;
/** Queries beyond {@link MAX_CHEAP_WORK} that run at a time in a process. Further ones wait for their turn. */
export const MAX_EXPENSIVE_QUERIES = 2;
/** Milliseconds of one turn of an expensive query while others wait. */
export const EXPENSIVE_TURN_MS = 250;
/** Milliseconds after which a page ends, even if its query mostly waited. */
export const MAX_PAGE_MS = 30_000;

/** Levels of `$and`, `$or`, `$nor`, `$not` and `$elemMatch`, and of objects and arrays below them. */
export const MAX_DEPTH = 100;

/** UTF-8 bytes of one pattern, and of all patterns of a filter together. */
export const MAX_PATTERN_BYTES = 1024;
export const MAX_TOTAL_PATTERN_BYTES = 4096;
/** Different patterns of a filter. */
export const MAX_PATTERNS = 50;
/** Instructions of one pattern: a thousand take some 20 ms to compile. */
export const MAX_PATTERN_INSTRUCTIONS = 2_000;
/** Instructions of all patterns of a filter together. */
export const MAX_TOTAL_INSTRUCTIONS = 10_000;
/** Instructions × characters whose time is not measured: below 0.2 ms at the worst. */
export const MAX_UNMEASURED_STEPS = 2_000;
/**
 * Instructions × characters that run without a timer: RE2 takes 0.1 µs for each at the worst, with a pattern whose
 * automaton outgrows its memory, but mostly a thousandth of that.
 */
export const MAX_UNTIMED_STEPS = 500_000;
/** Milliseconds after which a test of a text against a pattern is interrupted. */
export const PATTERN_TIMEOUT_MS = 40;

/** Ranges of indexes that one script reads: it blocks Redis for less than a millisecond. */
export const RANGES_PER_SCRIPT = 128;
/** Ranges of one indexed field, in each partition, that are intersected with those of other fields. */
export const MAX_SELECTIVE_RANGES = 16;
/** Entries of indexes after which a script answers no further request: it blocks Redis for a few milliseconds at most. */
export const ENTRIES_PER_SCRIPT = 1_024;
/**
 * Entries of a range that a query first looks up in other indexes, for a small and for a large page: 512 of them block Redis
 * for a millisecond.
 */
export const FIRST_LOOKED_UP_ENTRIES = [64, 512] as const;
/** Ids that one ZMSCORE looks up. */
export const IDS_PER_COMMAND = 500;
/** Ranges of indexes that the planner counts to choose among indexes. It guesses the rest. */
export const MAX_COUNTED_RANGES = 4_000;
/** Units for the tests of which states a filter allows: about 20 ms. */
export const MAX_STATE_WORK = 2_000_000;
/** `$or`s of a filter for which the planner compares the union of the branches' indexes with other indexes. */
export const MAX_COMPARED_OPTIONS = 16;
/** Ranges of creation times that a list of times becomes. */
export const MAX_TIME_RANGES = 5_000;
/** Index entries that a walk keeps for each partition. */
export const MAX_BUFFERED_ENTRIES = 2_000;
