import fc from "fast-check";
import { type DraftChange, someChange } from "./changes.js";
import { type EntityKind, placeholder } from "./createdEntities.js";
import type { Draft } from "./draft.js";
import { oddPart } from "./hostilePathParts.js";
import { pageDraft } from "./pageDraft.js";
import { type JsonSchema, KNOWN_SCHEDDS, SchemaValues } from "./schemaValues.js";

/** The parts of the served OpenAPI document from which requests are generated. */
export interface RequestSchemas {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, JsonSchema> };
}

interface Operation {
  parameters?: { in: string; name: string }[];
  requestBody?: { content: Record<string, { schema: JsonSchema }> };
}

const ID_OF: Record<string, EntityKind> = {
  workflow_id: "workflow",
  task_id: "task",
  taskforce_uuid: "taskforce",
};

const someSchedd = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...KNOWN_SCHEDDS) },
  { weight: 1, arbitrary: oddPart },
);

/** The OpenAPI document lists only the optional fields of a submission report. These are the required ones. */
const REPORT_SCHEMAS: Record<string, JsonSchema> = {
  "/v1/tms/condor-submit/taskforces/{taskforce_uuid}": {
    type: "object",
    properties: {
      cluster_id: { type: "integer" },
      n_workers: { type: "integer" },
      submit_dict: { type: "object", additionalProperties: { type: "string" } },
      job_event_log_fpath: { type: "string" },
    },
    required: ["cluster_id", "n_workers", "submit_dict", "job_event_log_fpath"],
  },
};

/** Generates valid requests to one route. */
function validDraft(method: string, template: string, operation: Operation, valid: SchemaValues): fc.Arbitrary<Draft> {
  const described = Object.values(operation.requestBody?.content ?? {})[0]?.schema;
  const body = described && (REPORT_SCHEMAS[template] ?? described);
  const parts = template.split("/").map((part) => {
    const [, name] = /^\{(\w+)\}$/.exec(part) ?? [];
    if (name === undefined) return fc.constant(part);
    const kind = ID_OF[name];
    return kind === undefined ? someSchedd : fc.nat({ max: 59 }).map((n) => placeholder(kind, n));
  });
  const hasScheddParameter = operation.parameters?.some(
    (parameter) => parameter.in === "query" && parameter.name === "schedd",
  );
  return fc
    .record({
      path: fc.tuple(...parts).map((all) => all.join("/")),
      query: hasScheddParameter
        ? someSchedd.map((schedd) => `?schedd=${schedd}`)
        : fc.constantFrom(...(template.startsWith("/v1/query/") ? ["", "", "?order=newest"] : [""])),
      body: body === undefined ? fc.constant(undefined) : valid.valuesOf(body),
    })
    .map(({ path, query, body }) => ({
      route: `${method.toUpperCase()} ${template}`,
      method: method.toUpperCase(),
      target: path + query,
      version: "HTTP/1.1",
      headers: [["Host", "wms"]],
      body,
      damage: { kind: "none" },
      framing: "length",
    }));
}

/** Weights of the routes by the prefix of their path. The first match applies. */
const WEIGHTS: [path: string, weight: number][] = [
  ["/v1/workflows/", 1],
  ["/v1/workflows", 5],
  ["/v1/query/", 3],
  ["/v1/task-directives/", 2],
  ["/v1/tms/", 3],
  ["/v1/", 1],
];

/** Generates requests to all routes and pages. 70 % of them have one or two changes. */
export function anyDraft({ paths, components }: RequestSchemas): fc.Arbitrary<Draft> {
  const valid = new SchemaValues(components.schemas);
  const routes = Object.entries(paths).flatMap(([template, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      weight: WEIGHTS.find(([path]) => template.startsWith(path))?.[1] ?? 1,
      arbitrary: validDraft(method, template, operation, valid),
    })),
  );
  const unchanged = fc.oneof(...routes, { weight: 3, arbitrary: pageDraft });
  const changes = fc.oneof(
    { weight: 3, arbitrary: fc.constant<DraftChange[]>([]) },
    { weight: 7, arbitrary: fc.array(someChange, { minLength: 1, maxLength: 2 }) },
  );
  return fc.tuple(unchanged, changes).map(([draft, some]) => some.reduce((changed, change) => change(changed), draft));
}
