import { type HostileRequest, hostileQuery, SHORT } from "./hostileRequest.js";
import { arrayText, nestedText, objectText } from "./jsonText.js";

/** `$and` of lists of schedds. */
const andOfLists = (lists: number, names: number) => () =>
  `{"$and":${arrayText(lists, (list) => `{"schedd":{"$in":${arrayText(names, (n) => `"ap-${(list + n) % 997}"`)}}}`)}}`;

const clauses = (operator: "$and" | "$or" | "$nor", count: number, clause: (index: number) => string) => () =>
  `{"${operator}":${arrayText(count, clause)}}`;

/** A condition that must read every entry of a log. */
const entryCondition = (index: number): string =>
  `{"phase_change_log":{"$elemMatch":{"context":"no ${index}","timestamp":{"$gt":${index}}}}}`;

const nestedFilters = (levels: number): HostileRequest[] => [
  hostileQuery(`$and nested ${levels} deep`, () => nestedText(levels, '{"$and":[', '{"phase":"x"}', "]}")),
  hostileQuery(`$nor nested ${levels} deep`, () => nestedText(levels, '{"$nor":[', '{"n_workers":-1}', "]}")),
  hostileQuery(
    `$not nested ${levels} deep`,
    () => `{"phase_change_log.context":${nestedText(levels, '{"$not":', '{"$gt":"x"}', "}")}}`,
  ),
  hostileQuery(
    `$elemMatch nested ${levels} deep`,
    () => `{"phase_change_log":${nestedText(levels, '{"$elemMatch":', '{"$gt":1}', "}")}}`,
  ),
  hostileQuery(`$or of two nested ${levels} deep`, () =>
    nestedText(levels, '{"$or":[{"phase":"condor-rm"},', '{"schedd":"x"}', "]}"),
  ),
];

/** Filters with many conditions or many levels. */
export const WIDE_FILTERS: HostileRequest[] = [
  hostileQuery("$and of 2,000 × $in of 100 schedds", andOfLists(2000, 100), SHORT),
  hostileQuery("$and of 1,900 × $in of 100 schedds", andOfLists(1900, 100), SHORT),
  hostileQuery("$and of 4,000 × $in of 2 schedds", andOfLists(4000, 2), SHORT),
  hostileQuery("$and of 20 × $in of 9,000 schedds", andOfLists(20, 9000)),
  hostileQuery(
    "$or of 1,900 × $in of 100 clusters",
    clauses("$or", 1900, (n) => `{"cluster_id":{"$in":${arrayText(100, (m) => 100 * n + m)}}}`),
  ),
  ...nestedFilters(99),
  ...nestedFilters(101),
  hostileQuery("nested 500 deep", () => nestedText(490, '{"$and":[', "{}", "]}")),
  hostileQuery(
    "$or of 5,000 conditions",
    clauses("$or", 5000, (n) => `{"n_workers":${-n}}`),
    SHORT,
  ),
  hostileQuery(
    "$or of 20,000 conditions",
    clauses("$or", 20_000, (n) => `{"n_workers":${-n}}`),
    SHORT,
  ),
  hostileQuery(
    "$and of 5,000 conditions",
    clauses("$and", 5000, (n) => `{"n_workers":{"$gte":${-n}}}`),
  ),
  hostileQuery(
    "$nor of 5,000 conditions",
    clauses("$nor", 5000, (n) => `{"phase_change_log.context":"${n}"}`),
  ),
  hostileQuery("9,000 fields", () =>
    objectText(
      9000,
      (n) => `phase_change_log.f${n}`,
      () => "null",
    ),
  ),
  hostileQuery(
    "5,000 indexed values in $or",
    clauses("$or", 5000, (n) => `{"cluster_id":${n}}`),
  ),
  hostileQuery(
    "5,000 pairs of indexed values in $or",
    clauses("$or", 3000, (n) => `{"schedd":"ap-north.example.org","cluster_id":${n}}`),
  ),
  hostileQuery("$or of 2,000 × $elemMatch over the log", clauses("$or", 2000, entryCondition), SHORT),
  hostileQuery("$nor of 2,000 × $elemMatch over the log", clauses("$nor", 2000, entryCondition)),
  hostileQuery(
    "$all of 2,000 × $elemMatch over the log",
    () =>
      `{"phase_change_log":{"$all":${arrayText(2000, (n) => `{"$elemMatch":{"timestamp":{"$gt":${n}},"context":{"$ne":"${n}"}}}`)}}}`,
  ),
  hostileQuery("a path of 100,000 parts", () => `{"phase_change_log${".0".repeat(100_000)}":1}`),
  hostileQuery("400 paths of 4,000 parts", () =>
    objectText(
      400,
      (n) => `phase_change_log${".context".repeat(1000)}.${n}`,
      () => 1,
    ),
  ),
  hostileQuery(
    "$or of the same timestamps",
    clauses("$or", 5000, () => '{"timestamp":{"$gt":0,"$lt":9e9}}'),
  ),
];
