import { createConformanceCheck, type OpenApiDocument } from "../api/conformanceClient.js";
import type { RawRequest } from "./draft.js";
import { INJECTED } from "./hostileValues.js";
import type { RawOutcome, RawResponse } from "./rawConnection.js";

/** Returns the rule that an outcome violates, or undefined. */
export type ResponseCheck = (message: RawRequest, outcome: RawOutcome) => string | undefined;

/**
 * Creates the check of every response: it arrives, is not a 5xx, conforms to the OpenAPI document, and has no injected
 * header.
 */
export function createResponseCheck(document: OpenApiDocument): ResponseCheck {
  const check = createConformanceCheck(document);
  return (message, outcome) => {
    if (outcome.kind === "silence")
      return `no response before the time-out, received: ${quoteReceived(outcome.received)}`;
    if (outcome.kind === "closed")
      return message.isWhole ? `no response, received: ${quoteReceived(outcome.received)}` : undefined;
    const { answer } = outcome;
    // No route documents the statuses that the service sends before routing.
    const target = UNROUTED_STATUSES.has(answer.status) ? "" : message.target;
    if (BOARD_API.test(target)) return findHeadFault(answer);
    return findHeadFault(answer) ?? findSchemaFault(() => check(message.method, target, answer), answer);
  };
}

/** Statuses for a slow request, an unknown `Expect` header, and a large head. */
const UNROUTED_STATUSES = new Set([408, 417, 431]);

/** The API of Bull Board is not in the document. Requests with a loopback `Host` reach it. */
const BOARD_API = /^(?:http:\/\/[^/]*)?\/admin\/queues\/api\//i;

const quoteReceived = (received: string): string =>
  received === "" ? "nothing" : JSON.stringify(received.slice(0, 300));

/** A header line: a name, and a value of printable Latin-1. */
const HEAD_LINE = /^[\w-]+: [\x20-\x7e\x80-\xff]*$/;
const STATUS_LINE = /^HTTP\/1\.1 \d{3} [\x20-\x7e\xa0-\xff]*$/;

function findHeadFault({ status, head }: RawResponse): string | undefined {
  if (status >= 500) return `status ${status}`;
  const [first = "", ...lines] = head.split("\r\n");
  if (!STATUS_LINE.test(first)) return `an invalid status line: ${JSON.stringify(first)}`;
  const odd = lines.find((line) => !HEAD_LINE.test(line) || line.toLowerCase().startsWith(INJECTED.toLowerCase()));
  return odd === undefined ? undefined : `an invalid or injected header: ${JSON.stringify(odd)}`;
}

/** Returns the difference from the document. HTML pages are not in the document. */
function findSchemaFault(check: () => void, { headers }: RawResponse): string | undefined {
  if (headers["content-type"]?.startsWith("text/html")) return undefined;
  try {
    check();
    return undefined;
  } catch (error) {
    return `not as documented: ${(error as Error).message.slice(0, 1000)}`;
  }
}
