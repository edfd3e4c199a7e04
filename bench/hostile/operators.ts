import { type HostileRequest, hostileQuery, hostileRequest, SHORT } from "./hostileRequest.js";
import { arrayText, LARGEST, longString } from "./jsonText.js";

const many = (count: number, condition: (index: number) => string) => () =>
  `{"$and":${arrayText(count, (index) => `{"$nor":[${condition(index)}]}`)}}`;

const conditions: [name: string, condition: (index: number) => string][] = [
  ["$mod", (n) => `{"phase_change_log.timestamp":{"$mod":[${n + 2},${n}.5]}}`],
  ["$size", (n) => `{"phase_change_log":{"$size":${n + 2000}}}`],
  ["$type", (n) => `{"phase_change_log.context":{"$type":["int","long","null","object",${(n % 2) + 8}]}}`],
  ["$exists", (n) => `{"phase_change_log.${n}.none":{"$exists":true}}`],
  ["$not", (n) => `{"phase_change_log.context":{"$not":{"$not":{"$not":{"$ne":"${n}"}}}}}`],
];

const LARGEST_NAME = longString(LARGEST.query - 100);

const everything = ["taskforces", "task-directives", "workflows"] as const;

const projection = (name: string, fields: () => string, options = {}): HostileRequest =>
  hostileRequest(
    name,
    () => "/v1/query/taskforces",
    () => `{"query":{},"projection":${fields()}}`,
    options,
  );

/** Operators that are cheap alone, projections, cursors, and queries of everything. */
export const OPERATORS_AND_PROJECTIONS: HostileRequest[] = [
  ...conditions.map(([name, condition]) => hostileQuery(`1,500 × ${name}`, many(1500, condition), SHORT)),
  hostileQuery(
    "$type of 19,000 types",
    () => `{"phase_change_log.context":{"$type":${arrayText(19_000, (n) => (n % 2 ? '"int"' : 16))}}}`,
  ),
  projection("5,000 projections", () => arrayText(5000, (n) => `"phase_change_log.f${n}"`), SHORT),
  projection("200,000 projections", () => arrayText(200_000, (n) => `"f${n}"`)),
  projection("5,000 projections below each other", () => arrayText(400, (n) => `"submit_dict${".a".repeat(n + 1)}"`)),
  projection("a projection of a path of 100,000 parts", () => `["submit_dict${".a".repeat(100_000)}"]`),
  projection("a projection with a name of 4 MB", () => `[${LARGEST_NAME}]`),
  hostileRequest(
    "a cursor of 4 MB",
    () => "/v1/query/taskforces",
    () => `{"query":{},"after":${LARGEST_NAME}}`,
  ),
  ...everything.flatMap((kind) => [
    hostileQuery(`all ${kind}`, () => "{}", { kind, isInShortBattery: kind === "taskforces" }),
    hostileRequest(
      `all ${kind}, newest first`,
      () => `/v1/query/${kind}?order=newest`,
      () => '{"query":{}}',
    ),
    hostileQuery(`no ${kind}, after reading all`, () => '{"phase_change_log.context":"none","n_workers":-1}', {
      kind,
    }),
  ]),
];
