import type { Schema } from "@cfworker/json-schema";
import { RequestSyntaxError, type RequestText, readRequestText } from "../../../client/src/request/requestText.js";
import { formatFieldPath, parseLeadingFieldPath } from "../../../client/src/request/requestValidation.js";

/** Maximum number of shown issues. */
const MAX_ISSUES = 10;

/** What is wrong with a text. */
export interface TextIssue {
  /** From 1 on; undefined: it concerns no single line. */
  line: number | undefined;
  message: string;
}

/** A text that was checked. */
export interface CheckedText {
  text: string;
  /** Undefined for a text that is neither JSON nor YAML. */
  request: RequestText | undefined;
  issues: readonly TextIssue[];
  /** Issues beyond those in the list. */
  omittedCount: number;
}

/** Checks a request in JSON or YAML against the schema. */
export function checkText(text: string, schema: Schema): CheckedText {
  try {
    const request = readRequestText(text, schema);
    const issues = request.issues.slice(0, MAX_ISSUES).map((issue) => ({
      line: request.lineOf(issue),
      message: `${formatFieldPath(issue.path)}: ${issue.message}`,
    }));
    return { text, request, issues, omittedCount: request.issues.length - issues.length };
  } catch (error) {
    if (!(error instanceof RequestSyntaxError)) throw error;
    return { text, request: undefined, issues: [{ line: error.line, message: error.message }], omittedCount: 0 };
  }
}

/** The issue in an error of the service, with the line of the field that it names. */
export function issueOfError(message: string, { request }: CheckedText): TextIssue {
  const path = parseLeadingFieldPath(message);
  const line = path.length === 0 ? undefined : request?.lineOf({ path, isUnknownField: false });
  return { line, message };
}
