import fc from "fast-check";
import { type EntityKind, standIn } from "./createdEntities.js";
import { oddKey, oddText, oddValue } from "./hostileValues.js";
import { type Member, type Tree, treeOf } from "./jsonTree.js";

const id = (kind: EntityKind): fc.Arbitrary<Tree> => fc.nat({ max: 59 }).map((n) => treeOf(standIn(kind, n)));

/** Fields with values that they have. */
const FIELDS: Record<string, fc.Arbitrary<Tree>> = {
  workflow_id: id("workflow"),
  task_id: id("task"),
  taskforce_uuid: id("taskforce"),
  schedd: fc.constantFrom("SCHEDD1", "SCHEDD2", "").map(treeOf),
  phase: fc.constantFrom("pre-launch", "pending-starter", "condor-submit", "nope").map(treeOf),
  cluster_id: fc.constantFrom(null, 0, 123, -1, 2 ** 53).map(treeOf),
  n_workers: fc.integer({ min: 0, max: 9 }).map(treeOf),
  timestamp: fc.constantFrom(0, 1e9, 4e9, 1.5, "0").map(treeOf),
  deactivated: fc.constantFrom(null, "ABORTED").map(treeOf),
  "phase_change_log.target_phase": fc.constantFrom("pre-launch", "condor-rm").map(treeOf),
  "phase_change_log.0.was_successful": fc.boolean().map(treeOf),
  "phase_change_log.length": fc.nat({ max: 3 }).map(treeOf),
  "worker_config.n_cores": fc.nat({ max: 3 }).map(treeOf),
  "pilot_config.environment.X": fc.constantFrom("", 1, ["a"]).map(treeOf),
  cluster_locations: fc.constantFrom("osg", ["osg"], []).map(treeOf),
  "compound_statuses.RUNNING.null": fc.nat({ max: 3 }).map(treeOf),
  "top_task_errors.HELD: why": fc.nat({ max: 3 }).map(treeOf),
};

const someField = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...Object.keys(FIELDS)) },
  { weight: 1, arbitrary: oddKey },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom(...Object.keys(FIELDS)), oddKey).map((two) => two.join(".")),
  },
);

/** Patterns that make other engines hang, that RE2 does not know, or that are none. */
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
  fc
    .array(fc.constantFrom(..."ab.*+?|()[]{}^$\\1,-:<=!PQE"), { maxLength: 20 })
    .map((signs) => signs.join("")),
  oddText,
);

/** What each operator is meant for, and not seldom something else. */
function operand(operator: string, value: fc.Arbitrary<Tree>): fc.Arbitrary<Tree> {
  const list = fc.array(value, { maxLength: 4 }).map((items): Tree => ({ items }));
  const meant: Record<string, fc.Arbitrary<Tree>> = {
    $in: list,
    $nin: list,
    $all: list,
    $exists: fc.constantFrom(true, false, 0, 1.5).map(treeOf),
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
      .map(treeOf),
    $regex: somePattern.map(treeOf),
    $options: fc.constantFrom("", "i", "ims", "x", "ii", "u", "\0").map(treeOf),
    $size: fc.constantFrom(0, 1, -1, 1.5, 2 ** 40).map(treeOf),
    $mod: fc.constantFrom([10, 1], [0, 0], [-3, 2], [1.5, 0], [1], [2, 1, 0], [1e308, 1]).map(treeOf),
    $not: condition(value),
    $elemMatch: fc.oneof(condition(value), condition(value).map(ofEntry)),
  };
  return fc.oneof({ weight: 20, arbitrary: meant[operator] ?? value }, { weight: 1, arbitrary: oddValue });
}

const OPERATORS = [
  ..."$eq $ne $gt $gte $lt $lte $in $nin $exists $type $regex $elemMatch $all $size $mod $not".split(" "),
  ..."$options $comment".split(" "),
];
const REFUSED = "$where $function $expr $text $jsonSchema $near $bitsAllSet $ $$ $Eq $__proto__".split(" ");

const ofEntry = (asked: Tree): Tree => ({ members: [["context", asked]] });

/** What is asked of one field: a value alone, or operators side by side. */
const condition = (value: fc.Arbitrary<Tree>): fc.Arbitrary<Tree> =>
  fc.oneof(
    { weight: 1, arbitrary: value },
    { weight: 3, arbitrary: fc.array(operation(value), { minLength: 1, maxLength: 2 }).map(membersOf) },
  );

/** Made only when it is wanted: some operators take conditions in turn. */
const operation = (value: fc.Arbitrary<Tree>): fc.Arbitrary<Member> =>
  fc
    .oneof(
      { weight: 40, arbitrary: fc.constantFrom(...OPERATORS) },
      { weight: 1, arbitrary: fc.constantFrom(...REFUSED) },
    )
    .chain((operator) => operand(operator, value).map((found): Member => [operator, found]));

const membersOf = (members: readonly Member[]): Tree => ({ members });

/** A field may have the name of what every object has. */
const valuesOf = (field: string): fc.Arbitrary<Tree> =>
  Object.hasOwn(FIELDS, field) ? (FIELDS[field] ?? oddValue) : oddValue;

const fieldCondition: fc.Arbitrary<Member> = someField.chain((field) =>
  condition(valuesOf(field)).map((asked): Member => [field, asked]),
);

/** Filters within each other, around the depth that is allowed. */
const deepFilter: fc.Arbitrary<Tree> = fc
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

/** Very many conditions, patterns or values. */
const wideFilter: fc.Arbitrary<Tree> = fc.constantFrom(
  { open: '{"$or":[{"phase":"x"}', unit: ',{"phase":"x"}', times: 1998, close: "]}" },
  { open: '{"$or":[{"phase":"x"}', unit: ',{"phase":"x"}', times: 10_000, close: "]}" },
  { open: '{"schedd":{"$in":["a"', unit: ',"SCHEDD1"', times: 50_000, close: "]}}" },
  {
    open: '{"$and":[{"schedd":{"$regex":"^a"}}',
    unit: ',{"schedd":{"$regex":"(a+)+$"}}',
    times: 200,
    close: "]}",
  },
);

/** Filters as MongoDB has them, right and wrong ones. */
export const someFilter: fc.Arbitrary<Tree> = fc.letrec<{ filter: Tree }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    { weight: 20, arbitrary: fc.array(fieldCondition, { maxLength: 2 }).map(membersOf) },
    {
      weight: 3,
      arbitrary: fc
        .tuple(
          fc.constantFrom("$and", "$or", "$nor"),
          fc.array(tie("filter"), { minLength: 1, maxLength: 3 }),
        )
        .map(([logical, items]): Tree => ({ members: [[logical, { items }]] })),
    },
    { weight: 1, arbitrary: deepFilter },
    { weight: 1, arbitrary: wideFilter },
  ),
})).filter;

/** Lists of fields. */
export const someProjection: fc.Arbitrary<Tree> = fc
  .uniqueArray(someField, { minLength: 1, maxLength: 4 })
  .map(treeOf);

/** Places between two pages of taskforces, task directives and workflows. */
export const someCursor: fc.Arbitrary<Tree> = fc
  .constantFrom("6b059f3f-993f4bc7-d763433c-2712506e", "6b059f3f-993f4bc7-d763433c", "6b059f3f-993f4bc7")
  .map((member) => treeOf(Buffer.from(`1795530059.811003/${member}`).toString("base64url")));
