import { readFile } from "node:fs/promises";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import type { WorkflowRequest } from "../apiTypes.js";
import { RequestSyntaxError, type RequestText, readRequestText } from "../request/requestText.js";
import { formatFieldPath, parseLeadingFieldPath } from "../request/requestValidation.js";
import { systemErrorReason, usageError } from "./exitCodes.js";
import { WORKFLOW_REQUEST } from "./workflowRequest.js";

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
  const { value, issues, lineOf } = parseContent(name, content);
  if (issues.length === 0)
    return {
      request: value as WorkflowRequest,
      withLocation: (message) => {
        const path = parseLeadingFieldPath(message);
        return path.length === 0 ? message : `${name}:${lineOf({ path, isUnknownField: false })}: ${message}`;
      },
    };
  const messages = issues
    .slice(0, MAX_ISSUES)
    .map((issue) => `${name}:${lineOf(issue)}: ${formatFieldPath(issue.path)}: ${issue.message}`);
  if (issues.length > MAX_ISSUES) messages.push(`and ${issues.length - MAX_ISSUES} more`);
  throw usageError(messages.join("\n"));
}

function parseContent(name: string, content: string): RequestText {
  try {
    return readRequestText(content, WORKFLOW_REQUEST);
  } catch (error) {
    if (!(error instanceof RequestSyntaxError)) throw error;
    throw usageError(`${name}${error.line === undefined ? "" : `:${error.line}`}: ${error.message}`);
  }
}

const throwUnreadable =
  (file: string) =>
  (error: NodeJS.ErrnoException): never => {
    throw usageError(`${file}: ${systemErrorReason(error) ?? error.message}`);
  };
