import fc from "fast-check";
import { type EntityKind, placeholder } from "./createdEntities.js";
import { oddKey, oddText, oddValue } from "./hostileValues.js";
import { type JsonMember, type JsonTree, toTree } from "./jsonTree.js";

const id = (kind: EntityKind): fc.Arbitrary<JsonTree> => fc.nat({ max: 59 }).map((n) => toTree(placeholder(kind, n)));

/** Fields of entities with typical values. */
const FIELDS: Record<string, fc.Arbitrary<JsonTree>> = {
  workflow_id: id("workflow"),
  task_id: id("task"),
  taskforce_uuid: id("taskforce"),
  schedd: fc.constantFrom("SCHEDD1", "SCHEDD2", "").map(toTree),
  phase: fc.constantFrom("pre-launch", "pending-starter", "condor-submit", "nope").map(toTree),
  cluster_id: fc.constantFrom(null, 0, 123, -1, 2 ** 53).map(toTree),
  n_workers: fc.integer({ min: 0, max: 9 }).map(toTree),
  timestamp: fc.constantFrom(0, 1e9, 4e9, 1.5, "0").map(toTree),
  deactivated: fc.constantFrom(null, "ABORTED").map(toTree),
  "phase_change_log.target_phase": fc.constantFrom("pre-launch", "condor-rm").map(toTree),
  "phase_change_log.0.was_successful": fc.boolean().map(toTree),
  "phase_change_log.length": fc.nat({ max: 3 }).map(toTree),
  "worker_config.n_cores": fc.nat({ max: 3 }).map(toTree),
  "pilot_config.environment.X": fc.constantFrom("", 1, ["a"]).map(toTree),
  cluster_locations: fc.constantFrom("osg", ["osg"], []).map(toTree),
  "compound_statuses.RUNNING.null": fc.nat({ max: 3 }).map(toTree),
  "top_task_errors.HELD: why": fc.nat({ max: 3 }).map(toTree),
};

const someField = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...Object.keys(FIELDS)) },
  { weight: 1, arbitrary: oddKey },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom(...Object.keys(FIELDS)), oddKey).map((two) => two.join(".")),
  },
);

/** Patterns that stall other engines, that RE2 does not support, or that are invalid. */
const somePattern: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    "",
    "^a",
    "log$",
    "(a+)+$",
    "(a|a)*b",
    "(a|aa)+$",
    "^(([a-z])+.)+[A-Z]([a-z])+$",
    "(.*)*(.*)*(.*)*x",
    "((((((.*)*)*)*)*)*)*x",
    ".*.*.*.*.*.*.*.*.*=.*",
    "(x+x+)+y",
    "a{1000}",
    "(a{1000}){1000}",
    "((a{100}){100}){100}",
    "(?=x)",
    "(?!x)",
    "(?<=x)y",
    "(?<name>x)",
    "(?P<name>x)",
    "\\1",
    "(a)\\1",
    "\\k<name>",
    "[",
    "(",
    ")",
    "*",
    "a**",
    "[z-a]",
    "[[:alpha:]]",
    "[^]",
    "\\",
    "\\p{Greek}",
    "\\p{Nope}",
    "\\x{110000}",
    "\\C",
    "\\Q*\\E",
    "(?i)E",
    "(?s-i:.)",
    "(?#note)",
    "\\b\\B\\A\\z",
    "\0",
    "é😀",
    "[\\x{10000}-\\x{10FFFF}]*",
    "x".repeat(1024),
    "x".repeat(1025),
    "(".repeat(500),
    `${"(".repeat(400)}x${")".repeat(400)}`,
    `${"(?:".repeat(200)}x${")*".repeat(200)}`,
    "a?".repeat(500),
    "|".repeat(1000),
  ),
  fc.array(fc.constantFrom(..."ab.*+?|()[]{}^$\\1,-:<=!PQE"), { maxLength: 20 }).map((signs) => signs.join("")),
  oddText,
);

/** Operands of an operator, some of them invalid. */
function operand(operator: string, value: fc.Arbitrary<JsonTree>): fc.Arbitrary<JsonTree> {
  const list = fc.array(value, { maxLength: 4 }).map((items): JsonTree => ({ items }));
  const operands: Record<string, fc.Arbitrary<JsonTree>> = {
    $in: list,
    $nin: list,
    $all: list,
    $exists: fc.constantFrom(true, false, 0, 1.5).map(toTree),
    $type: fc
      .constantFrom<unknown>(
        "string",
        "int",
        "long",
        "double",
        "null",
        "number",
        2,
        10,
        -1,
        127,
        ["array", 16],
        [],
        "nope",
      )
      .map(toTree),
    $regex: somePattern.map(toTree),
    $options: fc.constantFrom("", "i", "ims", "x", "ii", "u", "\0").map(toTree),
    $size: fc.constantFrom(0, 1, -1, 1.5, 2 ** 40).map(toTree),
    $mod: fc.constantFrom([10, 1], [0, 0], [-3, 2], [1.5, 0], [1], [2, 1, 0], [1e308, 1]).map(toTree),
    $not: condition(value),
    $elemMatch: fc.oneof(condition(value), condition(value).map(ofEntry)),
  };
  return fc.oneof({ weight: 20, arbitrary: operands[operator] ?? value }, { weight: 1, arbitrary: oddValue });
}

const OPERATORS = [
  ..."$eq $ne $gt $gte $lt $lte $in $nin $exists $type $regex $elemMatch $all $size $mod $not".split(" "),
  ..."$options $comment".split(" "),
];
const UNSUPPORTED_OPERATORS = "$where $function $expr $text $jsonSchema $near $bitsAllSet $ $$ $Eq $__proto__".split(
  " ",
);

const ofEntry = (asked: JsonTree): JsonTree => ({ members: [["context", asked]] });

/** A condition on one field: a value, or one or two operators. */
const condition = (value: fc.Arbitrary<JsonTree>): fc.Arbitrary<JsonTree> =>
  fc.oneof(
    { weight: 1, arbitrary: value },
    { weight: 3, arbitrary: fc.array(operation(value), { minLength: 1, maxLength: 2 }).map(membersOf) },
  );

/** One operator and its operand. `chain` defers the operand, because some operands contain conditions. */
const operation = (value: fc.Arbitrary<JsonTree>): fc.Arbitrary<JsonMember> =>
  fc
    .oneof(
      { weight: 40, arbitrary: fc.constantFrom(...OPERATORS) },
      { weight: 1, arbitrary: fc.constantFrom(...UNSUPPORTED_OPERATORS) },
    )
    .chain((operator) => operand(operator, value).map((found): JsonMember => [operator, found]));

const membersOf = (members: readonly JsonMember[]): JsonTree => ({ members });

/** Values of a field. `hasOwn` excludes inherited names such as `toString`. */
const valuesOf = (field: string): fc.Arbitrary<JsonTree> =>
  Object.hasOwn(FIELDS, field) ? (FIELDS[field] ?? oddValue) : oddValue;

const fieldCondition: fc.Arbitrary<JsonMember> = someField.chain((field) =>
  condition(valuesOf(field)).map((asked): JsonMember => [field, asked]),
);

/** Nested filters with depths around the limit. */
const deepFilter: fc.Arbitrary<JsonTree> = fc
  .record({
    levels: fc.constantFrom(10, 98, 99, 100, 101, 249),
    around: fc.constantFrom("$and", "$nor", "$not"),
  })
  .map(({ levels, around }) => {
    const [open, close] = around === "$not" ? ['{"$not":', "}"] : [`{"${around}":[`, "]}"];
    const inner = around === "$not" ? '{"$gt":1}' : '{"phase":"x"}';
    const text = open.repeat(levels) + inner + close.repeat(levels);
    return { raw: around === "$not" ? `{"n_workers":${text}}` : text };
  });

/** Texts of a list that is repeated: `open`, some times `unit`, `close`. */
const list = (open: string, unit: string, times: number, close: string): JsonTree => ({ open, unit, times, close });

/** Filters with many conditions, patterns or values. */
const wideFilter: fc.Arbitrary<JsonTree> = fc.constantFrom(
  list('{"$or":[{"phase":"x"}', ',{"phase":"x"}', 1998, "]}"),
  list('{"$or":[{"phase":"x"}', ',{"phase":"x"}', 10_000, "]}"),
  list('{"schedd":{"$in":["a"', ',"SCHEDD1"', 50_000, "]}}"),
  list('{"$and":[{"schedd":{"$regex":"^a"}}', ',{"schedd":{"$regex":"(a+)+$"}}', 200, "]}"),
  // Lists on indexes, around the limits of former planners, and beyond the number of values that a query may hold.
  ...[1001, 16_001, 199_000, 250_000].flatMap((times) => [
    list('{"cluster_id":{"$in":[0', ",123", times, "]}}"),
    list('{"workflow_id":{"$nin":["WF-1"', ',"WF-2"', times, "]}}"),
    list('{"phase_change_log.timestamp":{"$all":[0', ",0", times, "]}}"),
  ]),
  // Literals of many members, within and beyond that number.
  ...["$eq", "$ne", "$gt", "$lte", "$nin", "$in"].flatMap((operator) => [
    list(`{"phase_change_log":{"${operator}":[0`, ",1", 9000, "]}}"),
    list(`{"phase_change_log":{"${operator}":[{"a":0}`, ',{"a":1}', 9000, "]}}"),
  ]),
  // Many indexed lists, many branches, and many elements.
  list('{"$and":[{"phase":"x"}', ',{"schedd":{"$in":["SCHEDD1","SCHEDD2"]}}', 200, "]}"),
  list('{"$or":[{"phase":"x"}', ',{"cluster_id":{"$in":[1,2,3]}}', 500, "]}"),
  list('{"$or":[{"phase":"x"}', ',{"phase_change_log":{"$elemMatch":{"context":"a"}}}', 500, "]}"),
  list('{"n_workers":{"$type":["int"', ',"long"', 5000, "]}}"),
  list('{"phase_change_log', ".0", 10_000, '":1}'),
);

/** MongoDB filters, valid and invalid. */
export const filterTree: fc.Arbitrary<JsonTree> = fc.letrec<{ filter: JsonTree }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    { weight: 20, arbitrary: fc.array(fieldCondition, { maxLength: 2 }).map(membersOf) },
    {
      weight: 3,
      arbitrary: fc
        .tuple(fc.constantFrom("$and", "$or", "$nor"), fc.array(tie("filter"), { minLength: 1, maxLength: 3 }))
        .map(([logical, items]): JsonTree => ({ members: [[logical, { items }]] })),
    },
    { weight: 1, arbitrary: deepFilter },
    { weight: 1, arbitrary: wideFilter },
  ),
})).filter;

/** Lists of fields, some of them with thousands. */
export const projectionTree: fc.Arbitrary<JsonTree> = fc.oneof(
  { weight: 20, arbitrary: fc.uniqueArray(someField, { minLength: 1, maxLength: 4 }).map(toTree) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(
        Array.from({ length: 3000 }, (_, n) => `phase_change_log.${n}`),
        Array.from({ length: 200 }, (_, n) => `submit_dict${".a".repeat(n + 1)}`),
        [`submit_dict${".a".repeat(10_000)}`],
      )
      .map(toTree),
  },
);

/** Cursors of pages of taskforces, task directives and workflows. */
export const cursorTree: fc.Arbitrary<JsonTree> = fc
  .constantFrom("6b059f3f-993f4bc7-d763433c-2712506e", "6b059f3f-993f4bc7-d763433c", "6b059f3f-993f4bc7")
  .map((member) => toTree(Buffer.from(`1795530059.811003/${member}`).toString("base64url")));
