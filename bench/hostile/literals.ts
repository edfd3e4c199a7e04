import { type HostileRequest, hostileQuery, SHORT } from "./hostileRequest.js";
import { arrayText, LARGEST, longString, manyKeysText, nestedText } from "./jsonText.js";

/** Operators that compare with one value. */
const COMPARISONS = ["$eq", "$ne", "$gt", "$gte", "$lt", "$lte"] as const;
/** Values outside lists of scalars that a query may hold, and some more. */
const SIZES = [19_000, 400_000] as const;

const onLog = (operator: string, literal: string) => `{"phase_change_log":{"${operator}":${literal}}}`;
const numbers = (length: number) => arrayText(length, (index) => index);

/** The comparisons with arrays and objects of many members. */
const largeComparisons: HostileRequest[] = COMPARISONS.flatMap((operator) =>
  SIZES.flatMap((size) => [
    hostileQuery(`${operator} of an array of ${size} members`, () => onLog(operator, numbers(size))),
    hostileQuery(`${operator} of an object of ${size / 2} members`, () => onLog(operator, manyKeysText(size / 2))),
  ]),
);

/** Indexed fields and others, with a value of each type that they hold. */
const LISTED_FIELDS: [field: string, value: (index: number) => string | number][] = [
  ["cluster_id", (index) => index],
  ["schedd", (index) => `"ap-${index}"`],
  ["phase", (index) => `"phase-${index}"`],
  ["workflow_id", (index) => `"WF-6b059f3f-${index.toString(16).padStart(8, "0")}"`],
  ["task_id", (index) => `"TK-6b059f3f-993f4bc7-${index.toString(16).padStart(8, "0")}"`],
  ["taskforce_uuid", (index) => `"TF-6b059f3f-993f4bc7-d763433c-${index.toString(16)}"`],
  ["job_event_log_fpath", (index) => `"/scratch/${index}"`],
  ["timestamp", (index) => 1_700_000_000 + index],
  ["priority", (index) => index],
  ["n_workers", (index) => index],
  ["phase_change_log.timestamp", (index) => index],
  ["phase_change_log.context", (index) => `"${index}"`],
  ["worker_config.worker_memory", (index) => `"${index}GB"`],
];

/** Lengths that former limits treated differently, and the longest allowed one. A query may have four megabytes. */
const LENGTHS = [1001, 16_001, 200_000];

const longLists: HostileRequest[] = LISTED_FIELDS.flatMap(([field, value]) =>
  LENGTHS.map((length) =>
    hostileQuery(
      `$in of ${length} × ${field}`,
      () => `{"${field}":{"$in":${arrayText(Math.min(length, maxLength(value)), value)}}}`,
      field === "cluster_id" || (field === "workflow_id" && length > 16_000) ? SHORT : {},
    ),
  ),
);

/** How many entries fit into a query. */
const maxLength = (value: (index: number) => string | number): number =>
  Math.floor((LARGEST.query - 200) / (String(value(199_999)).length + 1));

/** Operators with huge literals. */
export const LITERALS: HostileRequest[] = [
  hostileQuery("$gt of an array of 990,000 members", () => onLog("$gt", numbers(990_000)), SHORT),
  hostileQuery("$gt of an array of 300,000 members", () => onLog("$gt", numbers(300_000))),
  ...largeComparisons,
  hostileQuery("$eq of an object of 9,000 members", () => onLog("$eq", manyKeysText(9000)), SHORT),
  hostileQuery("$lt of an array of 18,000 members", () => onLog("$lt", numbers(18_000)), SHORT),
  hostileQuery("$nin of 200,000 numbers", () => `{"phase_change_log.timestamp":{"$nin":${numbers(200_000)}}}`, SHORT),
  hostileQuery("$nin of 100 arrays of 190 members", () =>
    onLog(
      "$nin",
      arrayText(100, () => numbers(190)),
    ),
  ),
  hostileQuery("$nin of 4,000 objects", () =>
    onLog(
      "$nin",
      arrayText(4000, (n) => `{"a":${n}}`),
    ),
  ),
  hostileQuery(
    "$in of 4,000 objects",
    () =>
      onLog(
        "$in",
        arrayText(4000, (n) => `{"target_phase":"${n}"}`),
      ),
    SHORT,
  ),
  hostileQuery("$all of 200,000 numbers", () => `{"phase_change_log.timestamp":{"$all":${numbers(200_000)}}}`),
  hostileQuery("$all of 9,000 strings", () => `{"schedd":{"$all":${arrayText(9000, () => '"ap-north.example.org"')}}}`),
  hostileQuery(
    "$not of $in of 200,000 numbers",
    () => `{"phase_change_log.timestamp":{"$not":{"$in":${numbers(200_000)}}}}`,
  ),
  hostileQuery(
    "$elemMatch of $in of 200,000 numbers",
    () => `{"phase_change_log":{"$elemMatch":{"timestamp":{"$in":${numbers(200_000)}}}}}`,
  ),
  hostileQuery("$eq of nested arrays", () => onLog("$eq", nestedText(99, "[", "1", "]"))),
  hostileQuery(
    "$gt of a string of 4 MB",
    () => `{"phase_change_log.context":{"$gt":${longString(LARGEST.query - 100)}}}`,
  ),
  hostileQuery(
    "$in of strings of 1 MB",
    () => `{"phase_change_log.context":{"$in":${arrayText(3, () => longString(1_000_000))}}}`,
  ),
  ...longLists,
];
