import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from "yaml";
import type { WorkflowRequest } from "../entityTypes.js";
import { usageError } from "./exitCodes.js";
import {
  type FieldPath,
  formatFieldPath,
  parseLeadingFieldPath,
  type ValidationIssue,
  validateWorkflowRequest,
} from "./requestValidation.js";

/** Faults that are told at a time. */
const MAX_ISSUES = 10;

/** A request that looks as it should, and the file that it comes from. */
export interface RequestFile {
  request: WorkflowRequest;
  /** The service's words about a field of the request, with the field's line before them. */
  withLocation(words: string): string;
}

/**
 * Reads the request for a workflow and checks it as far as that is possible here.
 *
 * @param file JSON or YAML; `-` is stdin
 * @throws CommandError that names the line of each fault
 */
export async function readRequestFile(file: string): Promise<RequestFile> {
  const name = file === "-" ? "stdin" : file;
  const content = file === "-" ? await text(process.stdin) : await readFile(file, "utf8").catch(throwUnreadable(file));
  return parseRequestFile(name, content);
}

/** @param name of the file, for errors. @see readRequestFile */
export function parseRequestFile(name: string, content: string): RequestFile {
  const parsed = parseContent(name, content);
  const issues = validateWorkflowRequest(parsed.value);
  // Lines cost another look at the file, which is not needed when all is well.
  const locationOf = (fault: Pick<ValidationIssue, "path" | "isUnknownField">): string => {
    const { document, lines } = parsed.withLines();
    return `${name}:${lines.linePos(issueOffset(document, fault)).line}`;
  };
  if (issues.length === 0)
    return {
      request: parsed.value as WorkflowRequest,
      withLocation: (words) => {
        const path = parseLeadingFieldPath(words);
        return path.length === 0 ? words : `${locationOf({ path, isUnknownField: false })}: ${words}`;
      },
    };
  const messages = issues
    .slice(0, MAX_ISSUES)
    .map((fault) => `${locationOf(fault)}: ${formatFieldPath(fault.path)}: ${fault.message}`);
  if (issues.length > MAX_ISSUES) messages.push(`and ${issues.length - MAX_ISSUES} more`);
  throw usageError(messages.join("\n"));
}

interface ParsedContent {
  value: unknown;
  withLines(): { document: Document; lines: LineCounter };
}

function parseContent(name: string, content: string): ParsedContent {
  let read: ReturnType<ParsedContent["withLines"]> | undefined;
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
    // It is YAML, or broken JSON, which the reader of YAML can say the line of.
  }
  const { document, lines } = withLines();
  const [error] = document.errors;
  if (error !== undefined)
    throw usageError(`${name}:${lines.linePos(error.pos[0]).line}: it is neither JSON nor YAML: ${error.message}`);
  try {
    return { value: document.toJS() as unknown, withLines };
  } catch (cause) {
    throw usageError(`${name}: ${(cause as Error).message}`);
  }
}

/** Where a fault begins. A field that is missing is missing where its object begins. */
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
    const why = error.code === "ENOENT" ? "there is no such file" : error.message;
    throw usageError(`${file}: ${why}`);
  };
