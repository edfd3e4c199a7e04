import fc from "fast-check";
import { idsOf, type TaskforceSample } from "./taskforcePopulation.js";

/*
 * Few values for each field, so that filters match, indexes overlap, and many taskforces have the same time. Some values
 * resemble a part of a Redis key, a pattern, or an inherited property of JavaScript objects.
 */
const WORKFLOWS = 4;
const schedds = ["SCHEDD1", "SCHEDD1:phase:x", "a:b{c}", "__proto__"];
const phases = ["pre-launch", "pending-starter", "condor-submit"];
const paths = ["", "/a/log", "/*/é \n log"];
const clusters = [0, 1, 77, -3, Number.MAX_SAFE_INTEGER];
const priorities = [50, 100, -1];
const times = [0, 0.25, 0.5, 1, 2.125, 3];
const errors = ["__proto__", "constructor", "length", "toString", "0", "", "$gt", "a.b"];

const someSample = fc.record({
  n: fc.nat({ max: 400 }),
  at: fc.constantFrom(...times),
  schedd: fc.constantFrom(...schedds),
  phase: fc.constantFrom(...phases),
  cluster_id: fc.constantFrom(null, ...clusters),
  job_event_log_fpath: fc.constantFrom(...paths),
  n_workers: fc.nat({ max: 4 }),
  log: fc.array(
    fc.record({ at: fc.nat({ max: 3 }), ok: fc.constantFrom(true, false, null) }, { requiredKeys: ["at"] }),
    { maxLength: 3 },
  ),
  errors: fc.dictionary(fc.constantFrom(...errors), fc.nat({ max: 2 }), { maxKeys: 4 }),
  priority: fc.constantFrom(...priorities),
  top_task_errors: fc.dictionary(fc.constantFrom(...errors), fc.nat({ max: 2 }), { maxKeys: 1 }),
  phase_change_log: fc.array(fc.record({ was_successful: fc.boolean() }), { minLength: 1, maxLength: 3 }),
});

/** A few hundred taskforces with distinct ids. */
export const anySamples: fc.Arbitrary<TaskforceSample[]> = fc
  .uniqueArray(someSample, { selector: ({ n }) => n, minLength: 5, maxLength: 120, size: "max" })
  .map((samples) =>
    samples.map(({ n, at, ...rest }) => ({ ...idsOf(n, WORKFLOWS), timestamp: 1_700_000_000 + at, ...rest })),
  );

const someId = (field: "workflow_id" | "task_id" | "taskforce_uuid") =>
  fc.oneof(
    { weight: 8, arbitrary: fc.nat({ max: 420 }).map((n): unknown => idsOf(n, WORKFLOWS)[field]) },
    { weight: 1, arbitrary: fc.constantFrom<unknown>("WF-x", "", null, 5, ["WF-x"]) },
  );

const valuesOf: Record<string, fc.Arbitrary<unknown>> = {
  workflow_id: someId("workflow_id"),
  task_id: someId("task_id"),
  taskforce_uuid: someId("taskforce_uuid"),
  schedd: fc.constantFrom<unknown>(...schedds, "unknown", null, 1),
  phase: fc.constantFrom<unknown>(...phases, "", ["pre-launch"]),
  cluster_id: fc.constantFrom<unknown>(null, ...clusters, -0, "1", 1.5, 1e300, 2 ** 53),
  timestamp: fc.constantFrom<unknown>(...times.map((at) => 1_700_000_000 + at), 0, 1e300, "1700000000", null),
  job_event_log_fpath: fc.constantFrom<unknown>(...paths, null),
  n_workers: fc.nat({ max: 4 }),
  "log.at": fc.nat({ max: 3 }),
  "log.ok": fc.constantFrom<unknown>(true, false, null),
  "log.0.ok": fc.constantFrom<unknown>(true, null),
  priority: fc.constantFrom<unknown>(...priorities, null, "50", 50.5),
  top_task_errors: fc.constantFrom<unknown>({}, { constructor: 1 }, null),
  "top_task_errors.constructor": fc.constantFrom<unknown>(0, 1, null),
  "phase_change_log.was_successful": fc.constantFrom<unknown>(true, false, null),
};

const hostile: Record<string, fc.Arbitrary<unknown>> = {
  errors: fc.constantFrom<unknown>({}, { constructor: 1 }, null),
  ...Object.fromEntries(
    errors.flatMap((key) => [`errors.${key}`, key].map((path) => [path, fc.constantFrom<unknown>(0, 1, null)])),
  ),
};

/** Lengths of long lists: below and above the limits of former planners. */
const someLength = fc.constantFrom(1001, 16_001);

/** Long lists of values that match nothing, with a few values at the end that may. */
const someLongList = (value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown[]> =>
  fc
    .tuple(someLength, fc.array(value, { maxLength: 4 }), fc.boolean())
    .map(([length, values, isText]) => [
      ...Array.from({ length }, (_, n) => (isText ? `none-${n}` : -1000 - n)),
      ...values,
    ]);

const someCondition = (value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 4, arbitrary: value },
    { weight: 3, arbitrary: value.map(($eq) => ({ $eq })) },
    { weight: 5, arbitrary: fc.array(value, { maxLength: 4 }).map(($in) => ({ $in })) },
    { weight: 1, arbitrary: someLongList(value).map(($in) => ({ $in })) },
    { weight: 1, arbitrary: fc.tuple(value, fc.array(value)).map(([$ne, $in]) => ({ $ne, $in })) },
    { weight: 1, arbitrary: fc.array(value).map(($nin) => ({ $nin })) },
    { weight: 1, arbitrary: value.map(($gt) => ({ $not: { $gt } })) },
    { weight: 2, arbitrary: fc.tuple(value, value).map(([$gte, $lt]) => ({ $gte, $lt })) },
    { weight: 1, arbitrary: fc.tuple(value, value).map(([$gt, $lte]) => ({ $gt, $lte })) },
    { weight: 1, arbitrary: fc.boolean().map(($exists) => ({ $exists })) },
    { weight: 1, arbitrary: fc.constantFrom("1", "^c", "log$").map(($regex) => ({ $regex })) },
  );

const fieldOf = (fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Record<string, unknown>> =>
  fc
    .constantFrom(...Object.entries(fields).filter(([path]) => !path.startsWith("$")))
    .chain(([path, value]) => someCondition(value).map((condition) => ({ [path]: condition })));

const someElement = fc.constantFrom(true, false, null).map((was_successful) => ({
  phase_change_log: { $elemMatch: { was_successful } },
}));

/** Conditions by the beginnings and ranges of ids, which hold their creation time. */
const someIdRange = fc
  .tuple(
    fc.constantFrom("workflow_id", "task_id", "taskforce_uuid"),
    fc.constantFrom("$gt", "$gte", "$lt", "$lte", "$regex"),
    fc.nat({ max: WORKFLOWS }),
    fc.nat({ max: 27 }),
  )
  .map(([field, operator, n, length]) => {
    const id = idsOf(n, WORKFLOWS)[field as "task_id"].slice(0, length);
    return { [field]: { [operator]: operator === "$regex" ? `^${id}` : id } };
  });

const someField = fc.oneof(
  { weight: 1, arbitrary: someElement },
  { weight: 1, arbitrary: someIdRange },
  { weight: 5, arbitrary: fieldOf(valuesOf) },
  { weight: 1, arbitrary: fieldOf(hostile) },
);

/** The same filter below many levels of operators. */
const nestDeeply = (
  filter: Record<string, unknown>,
  levels: number,
  logical: "$and" | "$or",
): Record<string, unknown> => {
  let nested = filter;
  for (let level = 0; level < levels; level++) nested = { [logical]: [nested] };
  return nested;
};

/** Filters with hundreds of branches, a few of which are small filters that differ. */
const someWideFilter: fc.Arbitrary<Record<string, unknown>> = fc
  .tuple(fc.constantFrom("$or", "$or", "$nor"), fc.array(someField, { minLength: 1, maxLength: 5 }), fc.boolean())
  .map(([logical, fields, isIndexed]) => ({
    [logical]: [
      ...fields,
      ...Array.from({ length: 300 }, (_, n) => (isIndexed ? { cluster_id: 1000 + n } : { n_workers: 1000 + n })),
    ],
  }));

/** Filters over indexed and other fields. */
export const anyFilter: fc.Arbitrary<Record<string, unknown>> = fc.letrec<{
  filter: Record<string, unknown>;
}>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    { weight: 8, arbitrary: someField },
    { weight: 1, arbitrary: someWideFilter },
    {
      weight: 1,
      arbitrary: fc
        .tuple(someField, fc.integer({ min: 2, max: 90 }), fc.constantFrom("$and" as const, "$or" as const))
        .map(([filter, levels, logical]) => nestDeeply(filter, levels, logical)),
    },
    { weight: 4, arbitrary: fc.tuple(someField, someField).map(([one, other]) => ({ ...one, ...other })) },
    {
      weight: 6,
      arbitrary: fc
        .tuple(fc.constantFrom("$and", "$and", "$or", "$nor"), fc.array(tie("filter"), { minLength: 1, maxLength: 3 }))
        .map(([logical, clauses]) => ({ [logical]: clauses })),
    },
  ),
})).filter;
