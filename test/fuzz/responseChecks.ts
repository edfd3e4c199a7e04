import { createConformanceCheck, type OpenApiDocument } from "../api/conformanceClient.js";
import type { RawRequest } from "./draft.js";
import { INJECTED } from "./hostileValues.js";
import type { RawOutcome, RawResponse } from "./rawConnection.js";

/** Says what is wrong with the outcome of a request; undefined: nothing. */
export type ResponseCheck = (message: RawRequest, outcome: RawOutcome) => string | undefined;

/**
 * What holds for every answer, whatever was asked: it comes, it is none of a fault of the service, it is as the document says, and
 * nothing of the request became a header.
 */
export function createResponseCheck(document: OpenApiDocument): ResponseCheck {
  const check = createConformanceCheck(document);
  return (message, outcome) => {
    if (outcome.kind === "silence") return `no answer, even after long, but ${quoteReceived(outcome.received)}`;
    if (outcome.kind === "closed")
      return message.isWhole ? `no answer, but ${quoteReceived(outcome.received)}` : undefined;
    const { answer } = outcome;
    // What is refused before any route was looked for is in no route's list.
    const target = UNROUTED_STATUSES.has(answer.status) ? "" : message.target;
    return findHeadFault(answer) ?? findSchemaFault(() => check(message.method, target, answer), answer);
  };
}

/** Statuses for a slow request, an unknown `Expect` header, and a large head. */
const UNROUTED_STATUSES = new Set([408, 417, 431]);

const quoteReceived = (received: string): string =>
  received === "" ? "nothing at all" : JSON.stringify(received.slice(0, 300));

/** A line of a head: a name, and a value of one line of Latin-1. */
const HEAD_LINE = /^[\w-]+: [\x20-\x7e\x80-\xff]*$/;
const STATUS_LINE = /^HTTP\/1\.1 \d{3} [\x20-\x7e\xa0-\xff]*$/;

function findHeadFault({ status, head }: RawResponse): string | undefined {
  if (status >= 500) return `a ${status}`;
  const [first = "", ...lines] = head.split("\r\n");
  if (!STATUS_LINE.test(first)) return `a status line like no other: ${JSON.stringify(first)}`;
  const odd = lines.find((line) => !HEAD_LINE.test(line) || line.toLowerCase().startsWith(INJECTED.toLowerCase()));
  return odd === undefined ? undefined : `a header that came from the request: ${JSON.stringify(odd)}`;
}

/** Pages for people show errors in HTML. */
function findSchemaFault(check: () => void, { headers }: RawResponse): string | undefined {
  if (headers["content-type"]?.startsWith("text/html")) return undefined;
  try {
    check();
    return undefined;
  } catch (error) {
    return `not as the document says: ${(error as Error).message.slice(0, 1000)}`;
  }
}
