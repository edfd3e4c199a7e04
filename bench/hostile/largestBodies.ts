import { sampleWorkflowRequest } from "../prepare.js";
import {
  type HostileOptions,
  type HostileRequest,
  type HostileTargets,
  hostileRequest,
  SHORT,
} from "./hostileRequest.js";
import { arrayText, LARGEST, longString, manyKeysText, nestedText, objectText } from "./jsonText.js";

type PathOf = HostileRequest["path"];

const nth = (ids: readonly string[], n: number): string => ids[n % ids.length] ?? "none";

/** The path of each of the 20 routes, with existing entities. */
const ROUTES: [name: string, method: "GET" | "POST", path: PathOf, options?: HostileOptions][] = [
  ["root", "GET", () => "/v1/"],
  ["schema", "GET", () => "/v1/schema/openapi"],
  ["create workflow", "POST", () => "/v1/workflows"],
  ["get workflow", "GET", ({ workflows }) => `/v1/workflows/${workflows[0]}`],
  [
    "abort",
    "POST",
    ({ workflows }, n) => `/v1/workflows/${nth(workflows, 2 * n)}/actions/abort`,
    { allowedStatuses: [200, 400, 404, 413] },
  ],
  [
    "finished",
    "POST",
    ({ workflows }, n) => `/v1/workflows/${nth(workflows, 2 * n + 1)}/actions/finished`,
    { allowedStatuses: [200, 400, 404, 413] },
  ],
  ["query workflows", "POST", () => "/v1/query/workflows"],
  ["query task-directives", "POST", () => "/v1/query/task-directives"],
  ["query taskforces", "POST", () => "/v1/query/taskforces"],
  ["get task directive", "GET", ({ tasks }) => `/v1/task-directives/${tasks[0]}`],
  ["add workers", "POST", ({ tasks }) => `/v1/task-directives/${tasks[0]}/actions/add-workers`],
  ["get taskforce", "GET", ({ running }) => `/v1/taskforces/${running[0]}`],
  ["pending-starter", "GET", ({ schedd }) => `/v1/tms/pending-starter/taskforces?schedd=${schedd}`],
  ["pending-stopper", "GET", ({ schedd }) => `/v1/tms/pending-stopper/taskforces?schedd=${schedd}`],
  ["condor-submit", "POST", ({ pending }, n) => `/v1/tms/condor-submit/taskforces/${nth(pending, n)}`],
  ["failed condor-submit", "POST", ({ pending }, n) => `/v1/tms/condor-submit/taskforces/${nth(pending, n)}/failed`],
  ["condor-rm", "POST", ({ running }, n) => `/v1/tms/condor-rm/taskforces/${nth(running, n)}`],
  ["failed condor-rm", "POST", ({ running }, n) => `/v1/tms/condor-rm/taskforces/${nth(running, n)}/failed`],
  ["condor-complete", "POST", ({ running }, n) => `/v1/tms/condor-complete/taskforces/${nth(running, n)}`],
  ["statuses", "POST", () => "/v1/tms/statuses/taskforces"],
];

/** Largest bodies that every route parses. Most routes reject the field, some ignore the body. */
const SHAPES: [name: string, body: () => string][] = [
  ["an object of 499,000 keys", () => `{"x":${manyKeysText(499_000)}}`],
  ["an array of 990,000 numbers", () => `{"x":${arrayText(990_000, (n) => n)}}`],
  ["a string of 31 MB", () => `{"x":${longString(31_000_000)}}`],
  ["nesting of 500", () => nestedText(500, '{"x":', "1", "}")],
];

const shapesOfAllRoutes: HostileRequest[] = ROUTES.flatMap(([route, method, path, options]) =>
  SHAPES.map(([shape, body]) =>
    hostileRequest(`${route}: ${shape}`, path, body, {
      ...options,
      method,
      isInShortBattery: shape.includes("keys") && ["root", "create workflow", "statuses"].includes(route),
    }),
  ),
);

const SAMPLE = sampleWorkflowRequest(1);
const [SAMPLE_TASK] = SAMPLE.tasks;

/** A workflow whose task has one field replaced. @param copy makes the requests differ */
const workflowWith = (field: string, text: (copy: number) => string) => (_: HostileTargets, copy: number) =>
  JSON.stringify({ ...SAMPLE, tasks: [{ ...SAMPLE_TASK, [field]: null }] }).replace(
    `"${field}":null`,
    // A function: a replacement text would give `$` a meaning.
    () => `"${field}":${text(copy)}`,
  );

const environment = (text: string): string =>
  `{"tag":"latest","image_source":"cvmfs","environment":${text},"input_files":[]}`;

/** Three clients send so many workflows together. */
const FEW = { maxRequests: 12 } as const;

const workflowRequest = (name: string, body: HostileRequest["body"], options: HostileOptions = {}): HostileRequest =>
  hostileRequest(`create workflow: ${name}`, () => "/v1/workflows", body, { ...FEW, ...options });

const CLUSTER_REPORT = '"cluster_id":1,"n_workers":1,"job_event_log_fpath":"/log"';

const reportOn = (name: string, action: string, field: "pending" | "running", body: HostileRequest["body"]) =>
  hostileRequest(name, (targets, n) => `/v1/tms/${action.replace("{uuid}", nth(targets[field], n))}`, body, {
    ...SHORT,
    ...FEW,
    allowedStatuses: [200, 400, 404, 413],
  });

/** Largest bodies whose content each route accepts, or rejects for its size. A failed submission precedes a good one. */
const validBodies: HostileRequest[] = [
  workflowRequest(
    "a task_args of 31 MB",
    workflowWith("task_args", (copy) => longString(31_000_000 + copy)),
  ),
  workflowRequest(
    "a task_env of 400,000 keys",
    workflowWith("task_env", () =>
      objectText(
        400_000,
        (n) => `K${n}`,
        () => '"v"',
      ),
    ),
  ),
  workflowRequest(
    "an input file list of 900,000 names",
    workflowWith("pilot_config", () =>
      environment("{}").replace(
        "[]",
        arrayText(900_000, (n) => `"f${n}"`),
      ),
    ),
  ),
  workflowRequest(
    "900,000 cluster locations",
    workflowWith("cluster_locations", () => arrayText(900_000, (n) => `"l${n}"`)),
  ),
  workflowRequest("15,000 tasks", (_, copy) => JSON.stringify(sampleWorkflowRequest(15_000 + copy)), {
    maxRequests: 3,
  }),
  workflowRequest("20,000 equal tasks", () => {
    const task = JSON.stringify(SAMPLE_TASK);
    return `{"tasks":${arrayText(20_000, () => task)},"public_queue_aliases":[]}`;
  }),
  workflowRequest("900,000 public queues", () =>
    JSON.stringify({ ...SAMPLE, public_queue_aliases: null }).replace("null", () =>
      arrayText(900_000, (n) => `"q${n}"`),
    ),
  ),
  hostileRequest(
    "statuses: errors of every taskforce",
    () => "/v1/tms/statuses/taskforces",
    ({ running }) =>
      `{"top_task_errors_by_taskforce":${objectText(
        running.length,
        (n) => nth(running, n),
        () => manyKeysText(Math.floor(450_000 / running.length)),
      )}}`,
    { allowedStatuses: [200, 207, 400, 413] },
  ),
  hostileRequest(
    "statuses: 450,000 unknown taskforces",
    () => "/v1/tms/statuses/taskforces",
    () =>
      `{"top_task_errors_by_taskforce":${objectText(
        450_000,
        (n) => `TF-${n}`,
        () => "{}",
      )}}`,
    { allowedStatuses: [207, 400, 413] },
  ),
  hostileRequest(
    "statuses: one taskforce with 450,000 errors",
    () => "/v1/tms/statuses/taskforces",
    ({ running }) => `{"top_task_errors_by_taskforce":{"${running[1]}":${manyKeysText(450_000)}}}`,
    { ...SHORT, ...FEW },
  ),
  hostileRequest(
    "statuses: an error of 31 MB",
    () => "/v1/tms/statuses/taskforces",
    ({ running }) => `{"top_task_errors_by_taskforce":{"${running[2]}":{${longString(31_000_000)}:1}}}`,
    FEW,
  ),
  hostileRequest(
    "statuses: 150,000 compound statuses",
    () => "/v1/tms/statuses/taskforces",
    ({ running }) =>
      `{"compound_statuses_by_taskforce":{"${running[3]}":${objectText(
        150_000,
        (n) => `S${n}`,
        () => '{"null":1}',
      )}}}`,
    FEW,
  ),
  // Different errors, because a repeated one is not stored.
  reportOn(
    "failed condor-rm: an error of 31 MB",
    "condor-rm/taskforces/{uuid}/failed",
    "running",
    (_, copy) => `{"error":${longString(31_000_000, "xyz"[copy])}}`,
  ),
  reportOn(
    "failed condor-submit: an error of 31 MB",
    "condor-submit/taskforces/{uuid}/failed",
    "pending",
    (_, copy) => `{"error":${longString(31_000_000, "xyz"[copy])}}`,
  ),
  reportOn(
    "condor-submit: a submit_dict of 450,000 keys",
    "condor-submit/taskforces/{uuid}",
    "pending",
    () => `{${CLUSTER_REPORT},"submit_dict":${manyKeysText(450_000)}}`,
  ),
  reportOn(
    "condor-submit: a submit_dict value of 31 MB",
    "condor-submit/taskforces/{uuid}",
    "pending",
    () => `{${CLUSTER_REPORT},"submit_dict":{"large":${longString(31_000_000)}}}`,
  ),
  workflowRequest(
    "12 × an environment of 30 MB",
    workflowWith("pilot_config", (copy) => environment(`{"X":${longString(30_000_000, "xyz"[copy])}}`)),
    SHORT,
  ),
];

/** All 20 routes with their largest legal bodies. Those that fill the store come last. */
export const LARGEST_BODIES: HostileRequest[] = [
  ...shapesOfAllRoutes,
  ...["workflows", "task-directives", "taskforces"].map((kind) =>
    hostileRequest(
      `query ${kind}: 4 MiB of blanks`,
      () => `/v1/query/${kind}`,
      () => `{"query":{}${" ".repeat(LARGEST.query - 12)}}`,
    ),
  ),
  hostileRequest(
    "root: 32 MiB of blanks",
    () => "/v1/",
    () => `{${" ".repeat(LARGEST.body - 2)}}`,
    { method: "GET" },
  ),
  ...validBodies,
];
