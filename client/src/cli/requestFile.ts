import { readFile } from "node:fs/promises";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from "yaml";
import type { WorkflowRequest } from "../apiTypes.js";
import { systemErrorReason, usageError } from "./exitCodes.js";
import {
  type FieldPath,
  formatFieldPath,
  parseLeadingFieldPath,
  type ValidationIssue,
  validateWorkflowRequest,
} from "./requestValidation.js";

/** Maximum number of reported issues. */
const MAX_ISSUES = 10;

/** A valid request and its file. */
export interface RequestFile {
  request: WorkflowRequest;
  /** Prefixes a message of the service with the line of the field that it names. */
  withLocation(message: string): string;
}

/**
 * Reads a workflow request and validates it against the schema.
 *
 * @param file JSON or YAML; `-` is stdin
 * @throws CommandError with the line of each issue
 */
export async function readRequestFile(file: string, stdin: Readable): Promise<RequestFile> {
  const name = file === "-" ? "stdin" : file;
  const content = file === "-" ? await text(stdin) : await readFile(file, "utf8").catch(throwUnreadable(file));
  return parseRequestFile(name, content);
}

/** Parses the content of a file. @param name of the file, for errors. @see readRequestFile */
export function parseRequestFile(name: string, content: string): RequestFile {
  const parsed = parseContent(name, content);
  const issues = validateWorkflowRequest(parsed.value);
  // On demand: line numbers require another parse.
  const locationOf = (issue: Pick<ValidationIssue, "path" | "isUnknownField">): string => {
    const { document, lines } = parsed.withLines();
    return `${name}:${lines.linePos(issueOffset(document, issue)).line}`;
  };
  if (issues.length === 0)
    return {
      request: parsed.value as WorkflowRequest,
      withLocation: (message) => {
        const path = parseLeadingFieldPath(message);
        return path.length === 0 ? message : `${locationOf({ path, isUnknownField: false })}: ${message}`;
      },
    };
  const messages = issues
    .slice(0, MAX_ISSUES)
    .map((issue) => `${locationOf(issue)}: ${formatFieldPath(issue.path)}: ${issue.message}`);
  if (issues.length > MAX_ISSUES) messages.push(`and ${issues.length - MAX_ISSUES} more`);
  throw usageError(messages.join("\n"));
}

function parseContent(name: string, content: string) {
  let read: { document: Document; lines: LineCounter } | undefined;
  const withLines = () => {
    if (read !== undefined) return read;
    const lines = new LineCounter();
    const document = parseDocument(content, { lineCounter: lines, merge: true, prettyErrors: false });
    read = { document, lines };
    return read;
  };
  try {
    return { value: JSON.parse(content) as unknown, withLines };
  } catch {
    // YAML, or invalid JSON whose line the YAML parser reports.
  }
  const { document, lines } = withLines();
  const [error] = document.errors;
  if (error !== undefined)
    throw usageError(`${name}:${lines.linePos(error.pos[0]).line}: neither JSON nor YAML: ${error.message}`);
  try {
    return { value: document.toJS() as unknown, withLines };
  } catch (cause) {
    throw usageError(`${name}: ${(cause as Error).message}`);
  }
}

/** The offset of an issue. The offset of a missing field is that of its object. */
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

const throwUnreadable =
  (file: string) =>
  (error: NodeJS.ErrnoException): never => {
    throw usageError(`${file}: ${systemErrorReason(error) ?? error.message}`);
  };
