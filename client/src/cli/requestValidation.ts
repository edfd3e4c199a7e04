import { type OutputUnit, Validator } from "@cfworker/json-schema";
import { WORKFLOW_REQUEST } from "./workflowRequest.js";

/** Where something is in a request: keys and indexes, from the outside in. */
export type Path = (string | number)[];

/** What is wrong with a request. The words are those of the service. */
export interface Fault {
  path: Path;
  /** Whether the field itself should not be there, rather than its value be another one. */
  unknown: boolean;
  what: string;
}

/** Keywords whose errors only say that there are others further in. */
const OUTER = new Set(["properties", "items", "additionalProperties", "anyOf"]);
/** The document's pattern is stricter than the service, which takes `v1.0.3`, too. */
const NOT_JUDGED = new Set(["pattern"]);

/** Checks a request by its schema. @returns nothing for one that can be sent */
export function faultsOf(request: unknown): Fault[] {
  const { errors } = new Validator(WORKFLOW_REQUEST, "2020-12", false).validate(request);
  const told = errors.filter(({ keyword }) => !OUTER.has(keyword) && !NOT_JUDGED.has(keyword));
  const faults: Fault[] = [];
  // Alternatives of one value come one after the other.
  for (const [index, error] of told.entries()) {
    if (error.keyword !== "type") faults.push(faultOf(error));
    else if (
      told[index - 1]?.keyword !== "type" ||
      told[index - 1]?.instanceLocation !== error.instanceLocation
    )
      faults.push(mismatch(told.slice(index).filter((other) => isSameValue(other, error))));
  }
  return faults;
}

const isSameValue = (one: OutputUnit, other: OutputUnit): boolean =>
  one.keyword === "type" && one.instanceLocation === other.instanceLocation;

function mismatch(errors: OutputUnit[]): Fault {
  const [first] = errors;
  const kinds = [
    ...new Set(errors.map(({ error }) => /Expected "(\w+)"/.exec(error)?.[1] ?? "another kind")),
  ];
  const got = /type "(\w+)"/.exec(first?.error ?? "")?.[1];
  return {
    path: pathOf(first?.instanceLocation ?? "#"),
    unknown: false,
    what: `expected ${kinds.join(" or ")}, got ${got === "number" && kinds.includes("integer") ? "a fraction" : got}`,
  };
}

function faultOf({ keyword, instanceLocation, error }: OutputUnit): Fault {
  const path = pathOf(instanceLocation);
  const at = (what: string, within: Path = path, unknown = false): Fault => ({ path: within, unknown, what });
  switch (keyword) {
    case "required":
      return at("missing field", [...path, /"(.*)"/s.exec(error)?.[1] ?? ""]);
    case "false":
      return at("unknown field", path, true);
    case "minItems":
      return at("expected at least 1 entry");
    case "uniqueItems":
      return at(error.replace(/^Duplicate items at indexes/, "the same entry twice, at"));
    case "enum":
      return at(error.replace("Instance does not match any of ", "expected one of "));
    default:
      return at(error);
  }
}

/** @param location `#/tasks/0/task_env/a~1b`, each part also percent-encoded */
const pathOf = (location: string): Path =>
  location
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));

/** A field as the service writes it: `tasks[0].task_env["a key"]`. */
export function fieldName(path: Path): string {
  const parts = path.map((part) =>
    typeof part === "number"
      ? `[${part}]`
      : /^[\w$-]+$/.test(part)
        ? `.${part}`
        : `[${JSON.stringify(part)}]`,
  );
  return parts.join("").replace(/^\./, "") || "the request";
}

/** The field that words of the service begin with; empty where they begin with none. @see fieldName */
export function pathIn(words: string): Path {
  const [, name = ""] = /^(\w+(?:\.[\w$-]+|\[\d+\]|\["[^"]*"\])*): /.exec(words) ?? [];
  return [...name.matchAll(/\["([^"]*)"\]|\[(\d+)\]|([\w$-]+)/g)].map(
    ([, quoted, index, key]) => quoted ?? (index === undefined ? (key ?? "") : Number(index)),
  );
}
