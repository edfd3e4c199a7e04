import { type OutputUnit, type Schema, Validator } from "@cfworker/json-schema";

/** The path of a field in a request: keys and indexes. */
export type FieldPath = (string | number)[];

/** An issue of a request, with the wording of the service. */
export interface ValidationIssue {
  path: FieldPath;
  /** Whether the field is unknown; otherwise its value is invalid. */
  isUnknownField: boolean;
  message: string;
}

/** Keywords whose errors only refer to nested errors. */
const CONTAINER_KEYWORDS = new Set(["properties", "items", "additionalProperties", "anyOf"]);
/** The document's pattern is stricter than the service: that also accepts `v1.0.3`. */
const IGNORED_KEYWORDS = new Set(["pattern"]);

/** Validates a request against the schema of `POST /v1/workflows`. @returns no issues for a valid request */
export function validateWorkflowRequest(request: unknown, schema: Schema): ValidationIssue[] {
  const { errors } = new Validator(schema, "2020-12", false).validate(request);
  const schemaErrors = errors.filter(
    ({ keyword }) => !CONTAINER_KEYWORDS.has(keyword) && !IGNORED_KEYWORDS.has(keyword),
  );
  const issues: ValidationIssue[] = [];
  // Errors about the alternatives of one value are adjacent.
  for (const [index, error] of schemaErrors.entries()) {
    if (error.keyword !== "type") issues.push(toValidationIssue(error));
    else if (
      schemaErrors[index - 1]?.keyword !== "type" ||
      schemaErrors[index - 1]?.instanceLocation !== error.instanceLocation
    )
      issues.push(typeIssue(schemaErrors.slice(index).filter((other) => isTypeErrorOfSameValue(other, error))));
  }
  return issues;
}

const isTypeErrorOfSameValue = (one: OutputUnit, other: OutputUnit): boolean =>
  one.keyword === "type" && one.instanceLocation === other.instanceLocation;

function typeIssue(errors: OutputUnit[]): ValidationIssue {
  const [first] = errors;
  const kinds = [...new Set(errors.map(({ error }) => /Expected "(\w+)"/.exec(error)?.[1] ?? "another kind"))];
  const got = /type "(\w+)"/.exec(first?.error ?? "")?.[1];
  return {
    path: parseInstanceLocation(first?.instanceLocation ?? "#"),
    isUnknownField: false,
    message: `expected ${kinds.join(" or ")}, got ${got === "number" && kinds.includes("integer") ? "a fraction" : got}`,
  };
}

function toValidationIssue({ keyword, instanceLocation, error }: OutputUnit): ValidationIssue {
  const path = parseInstanceLocation(instanceLocation);
  const issueAt = (what: string, within: FieldPath = path, unknown = false): ValidationIssue => ({
    path: within,
    isUnknownField: unknown,
    message: what,
  });
  switch (keyword) {
    case "required":
      return issueAt("missing field", [...path, /"(.*)"/s.exec(error)?.[1] ?? ""]);
    case "false":
      return issueAt("unknown field", path, true);
    case "minItems":
      return issueAt("expected at least 1 entry");
    case "uniqueItems":
      return issueAt(error.replace(/^Duplicate items at indexes/, "the same entry twice, at"));
    case "enum":
      return issueAt(error.replace("Instance does not match any of ", "expected one of "));
    default:
      return issueAt(error);
  }
}

/** @param location `#/tasks/0/task_env/a~1b`, each part also percent-encoded */
const parseInstanceLocation = (location: string): FieldPath =>
  location
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));

/** A field as the service writes it: `tasks[0].task_env["a key"]`. */
export function formatFieldPath(path: FieldPath): string {
  const parts = path.map((part) =>
    typeof part === "number" ? `[${part}]` : /^[\w$-]+$/.test(part) ? `.${part}` : `[${JSON.stringify(part)}]`,
  );
  return parts.join("").replace(/^\./, "") || "the request";
}

/** The field path at the start of a message of the service, or an empty path. @see formatFieldPath */
export function parseLeadingFieldPath(message: string): FieldPath {
  const [, name = ""] = /^(\w+(?:\.[\w$-]+|\[\d+\]|\["[^"]*"\])*): /.exec(message) ?? [];
  return [...name.matchAll(/\["([^"]*)"\]|\[(\d+)\]|([\w$-]+)/g)].map(
    ([, quoted, index, key]) => quoted ?? (index === undefined ? (key ?? "") : Number(index)),
  );
}
