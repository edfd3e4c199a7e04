import type { Schema } from "@cfworker/json-schema";
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from "yaml";
import { type FieldPath, type ValidationIssue, validateWorkflowRequest } from "./requestValidation.js";

/** A workflow request as its author wrote it. */
export interface RequestText {
  value: unknown;
  /** Empty for a valid request. */
  issues: ValidationIssue[];
  /** The line of an issue, from 1 on. The line of a missing field is that of its object. */
  lineOf(issue: Pick<ValidationIssue, "path" | "isUnknownField">): number;
}

/** A text that is neither JSON nor YAML. */
export class RequestSyntaxError extends Error {
  override name = "RequestSyntaxError";
  /** From 1 on; undefined if the parser does not name it. */
  readonly line: number | undefined;

  constructor(message: string, line?: number) {
    super(message);
    this.line = line;
  }
}

/** Parses a request in JSON or YAML, and validates it. @throws RequestSyntaxError */
export function readRequestText(text: string, schema: Schema): RequestText {
  const { value, withLines } = parseText(text);
  return {
    value,
    issues: validateWorkflowRequest(value, schema),
    lineOf(issue) {
      const { document, lines } = withLines();
      return lines.linePos(issueOffset(document, issue)).line;
    },
  };
}

function parseText(text: string) {
  // On demand: line numbers require another parse.
  let read: { document: Document; lines: LineCounter } | undefined;
  const withLines = () => {
    if (read !== undefined) return read;
    const lines = new LineCounter();
    const document = parseDocument(text, { lineCounter: lines, merge: true, prettyErrors: false });
    read = { document, lines };
    return read;
  };
  try {
    return { value: JSON.parse(text) as unknown, withLines };
  } catch {
    // YAML, or invalid JSON whose line the YAML parser reports.
  }
  const { document, lines } = withLines();
  const [error] = document.errors;
  if (error !== undefined)
    throw new RequestSyntaxError(`neither JSON nor YAML: ${error.message}`, lines.linePos(error.pos[0]).line);
  try {
    return { value: document.toJS() as unknown, withLines };
  } catch (cause) {
    throw new RequestSyntaxError((cause as Error).message);
  }
}

function issueOffset(
  document: Document,
  { path, isUnknownField: unknown }: Pick<ValidationIssue, "path" | "isUnknownField">,
): number {
  for (let length = path.length; length > 0; length--) {
    const found =
      unknown && length === path.length ? keyNodeAt(document, path) : document.getIn(path.slice(0, length), true);
    if (isNode(found) && found.range) return found.range[0];
  }
  return document.contents?.range?.[0] ?? 0;
}

function keyNodeAt(document: Document, path: FieldPath): unknown {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const name = String(path.at(-1));
  return isMap(parent) ? parent.items.find(({ key }) => isScalar(key) && String(key.value) === name)?.key : undefined;
}
