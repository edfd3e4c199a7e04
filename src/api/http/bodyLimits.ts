import { COMMA, NO_STRUCTURE, OPEN_ARRAY, OPEN_OBJECT } from "../../domain/jsonScanner.js";
import type { JsonObserver, OpenContainer } from "../../domain/parseJsonInSlices.js";
import { invalid } from "../../domain/wmsError.js";
import { HttpError } from "./responses.js";
import { fieldName } from "./validationMessages.js";

/** What a body may hold. */
export interface BodyLimits {
  /** Bytes after decompression. */
  bytes: number;
  /** Keys and values; without the members of value lists if these have a limit of their own. */
  values: number;
  /** Members of all arrays of scalars that are the value of `$in`, `$nin` or `$all`. */
  listValues?: number;
}

/**
 * Levels of objects and arrays in a body. Filters of the allowed depth need fewer; far more would overflow the stack of
 * recursive code.
 */
const MAX_NESTING_LEVELS = 500;
const LIST_KEYS_IN_MESSAGES = "$in, $nin and $all";
/** V8 sorts all keys of an object at once to enumerate them: for 500,000 keys it blocks the process for half a second. */
const MAX_OBJECT_KEYS = 250_000;

/**
 * Makes an observer that refuses a body as soon as it exceeds a limit. Well-formed text has at least as many commas,
 * colons and opening brackets as keys and values. Strings are counted, too: malformed text may hold many without
 * separators.
 *
 * Its errors: HttpError 413 for more keys and values than allowed; WmsError `invalid` for deep nesting, and for text that
 * is not Unicode: Redis would store a different text.
 */
export function createLimitObserver({ values, listValues }: BodyLimits): JsonObserver {
  const maxTotal = values + (listValues ?? 0);
  let separators = 0;
  let listSeparators = 0;
  return {
    inspect(structure, open, scanner, bytes) {
      const container = open.at(-1);
      if (structure === COMMA) {
        separators++;
        if (container?.members === 0 && listValues !== undefined)
          container.isScalarList = isListOfFilter(container, bytes);
        if (container?.isScalarList) listSeparators++;
        else if (container?.isArray === false && container.members + 1 >= MAX_OBJECT_KEYS)
          throw new HttpError(413, `body: an object with more than ${MAX_OBJECT_KEYS} keys`);
      } else if (structure === OPEN_ARRAY || structure === OPEN_OBJECT) {
        separators++;
        if (container?.isScalarList) {
          // Its members are no scalars: they count like all others.
          listSeparators -= container.members;
          container.isScalarList = false;
        }
      }
      if (listSeparators > (listValues ?? 0))
        throw new HttpError(413, `body: more than ${listValues} values in ${LIST_KEYS_IN_MESSAGES} lists`);
      if (separators + scanner.colons - listSeparators > values || scanner.strings > maxTotal)
        throw new HttpError(
          413,
          listValues === undefined
            ? `body: more than ${values} keys and values`
            : `body: more than ${values} values outside ${LIST_KEYS_IN_MESSAGES} lists`,
        );
      if (structure === NO_STRUCTURE) return;
      if (scanner.loneSurrogateAt !== -1)
        throw invalid(`${fieldName(currentPath(open, bytes))}: holds half a surrogate pair, which is no character`);
      if (open.length >= MAX_NESTING_LEVELS && (structure === OPEN_ARRAY || structure === OPEN_OBJECT))
        throw invalid(`${fieldName(currentPath(open, bytes))}: nested deeper than ${MAX_NESTING_LEVELS} levels`);
    },
  };
}

const LIST_KEY = /"\$(?:in|nin|all)"[ \n\r\t]*:[ \n\r\t]*$/;
/** Bytes before a list in which its key is looked for. */
const LIST_KEY_BYTES = 40;

/** Whether an array begins with a scalar and is the value of `$in`, `$nin` or `$all`. */
function isListOfFilter({ isArray, start }: OpenContainer, bytes: Uint8Array): boolean {
  if (!isArray || !LIST_KEY.test(latin1(bytes, Math.max(0, start - LIST_KEY_BYTES), start))) return false;
  return !/^[ \n\r\t]*[[{]/.test(latin1(bytes, start + 1, start + LIST_KEY_BYTES));
}

const latin1 = (bytes: Uint8Array, start: number, end: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1", start, end);

/** The path of the member that is being scanned. */
const currentPath = (open: readonly OpenContainer[], bytes: Uint8Array): (string | number)[] =>
  open.map(({ isArray, members, memberStart }) => (isArray ? members : keyAt(bytes, memberStart)));

/** The key at the start of a member. */
function keyAt(bytes: Uint8Array, memberStart: number): string {
  const start = bytes.indexOf(QUOTE, memberStart);
  let end = start + 1;
  while (end < bytes.length && bytes[end] !== QUOTE) end += bytes[end] === BACKSLASH ? 2 : 1;
  try {
    return JSON.parse(Buffer.from(bytes.subarray(start, end + 1)).toString()) as string;
  } catch {
    return "?";
  }
}

const [QUOTE = 0, BACKSLASH = 0] = Buffer.from('"\\');
