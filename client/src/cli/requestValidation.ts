import { type OutputUnit, Validator } from "@cfworker/json-schema";
import { WORKFLOW_REQUEST } from "./workflowRequest.js";

/** Where something is in a request: keys and indexes, from the outside in. */
export type FieldPath = (string | number)[];

/** What is wrong with a request. The words are those of the service. */
export interface ValidationIssue {
  path: FieldPath;
  /** Whether the field itself should not be there, rather than its value be another one. */
  isUnknownField: boolean;
  message: string;
}

/** Keywords whose errors only say that there are others further in. */
const CONTAINER_KEYWORDS = new Set(["properties", "items", "additionalProperties", "anyOf"]);
/** The document's pattern is stricter than the service, which takes `v1.0.3`, too. */
const IGNORED_KEYWORDS = new Set(["pattern"]);

/** Checks a request by its schema. @returns nothing for one that can be sent */
export function validateWorkflowRequest(request: unknown): ValidationIssue[] {
  const { errors } = new Validator(WORKFLOW_REQUEST, "2020-12", false).validate(request);
  const schemaErrors = errors.filter(
    ({ keyword }) => !CONTAINER_KEYWORDS.has(keyword) && !IGNORED_KEYWORDS.has(keyword),
  );
  const issues: ValidationIssue[] = [];
  // Alternatives of one value come one after the other.
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

/** The field that words of the service begin with; empty where they begin with none. @see formatFieldPath */
export function parseLeadingFieldPath(words: string): FieldPath {
  const [, name = ""] = /^(\w+(?:\.[\w$-]+|\[\d+\]|\["[^"]*"\])*): /.exec(words) ?? [];
  return [...name.matchAll(/\["([^"]*)"\]|\[(\d+)\]|([\w$-]+)/g)].map(
    ([, quoted, index, key]) => quoted ?? (index === undefined ? (key ?? "") : Number(index)),
  );
}
