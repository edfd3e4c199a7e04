import {
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COMMA,
  isBlank,
  JsonScanner,
  NO_STRUCTURE,
  OPEN_ARRAY,
  OPEN_OBJECT,
} from "./jsonScanner.js";
import { createYielder } from "./time.js";

/** Text of this size is parsed in one go, in less than a time slice. */
const PIECE_BYTES = 32 * 1024;

/** An array or object whose end is not scanned yet. */
export interface OpenContainer {
  readonly isArray: boolean;
  /** Offset of its bracket. */
  readonly start: number;
  /** Offset of the member that is being scanned. */
  memberStart: number;
  /** Number of members before that one. */
  members: number;
  /** For the {@link JsonObserver}. */
  isScalarList: boolean;
}

/** Sees the structure of a text while it is scanned, and throws to stop the parser. */
export interface JsonObserver {
  /**
   * @param structure a bracket or comma, which lies directly before `scanner.position`; {@link NO_STRUCTURE} at the end of a
   *   step
   * @param open the containers around it, outermost first; neither opened nor closed by it yet
   */
  inspect(structure: number, open: readonly OpenContainer[], scanner: JsonScanner, bytes: Uint8Array): void;
}

/** Text that is not UTF-8. */
export class NotUtf8Error extends Error {
  override name = "NotUtf8Error";
}

/**
 * Parses JSON like `JSON.parse`, and yields to other work between pieces of large text.
 *
 * `JSON.parse` builds the values of each piece. Only members of containers that span pieces are put together here. This
 * costs less than twice the CPU time of one `JSON.parse`; streaming parsers in JavaScript cost three to ten times as much.
 * Only a key is parsed in one go, whatever its size.
 *
 * @param source text without lone surrogates, or its bytes in UTF-8, where a byte order mark is ignored
 * @param pieceBytes size of a piece; for tests
 * @throws SyntaxError for text that is not JSON; NotUtf8Error for bytes that are not UTF-8; what the observer throws
 */
export async function parseJsonInSlices(
  source: Uint8Array | string,
  { observer, pieceBytes = PIECE_BYTES }: { observer?: JsonObserver; pieceBytes?: number } = {},
): Promise<unknown> {
  const isText = typeof source === "string";
  if (isText && observer === undefined && source.length <= pieceBytes) return JSON.parse(source);
  const bytes = isText ? Buffer.from(source) : source;
  const parser = new PieceParser(bytes, isText ? 0 : byteOrderMarkLength(bytes), pieceBytes, observer);
  if (parser.step()) return parser.result();
  const pause = createYielder();
  do await pause();
  while (!parser.step());
  return parser.result();
}

const byteOrderMarkLength = ([first, second, third]: Uint8Array): number =>
  first === 0xef && second === 0xbb && third === 0xbf ? 3 : 0;

interface Container extends OpenContainer {
  /** Offset of the first member that is not in `value`. */
  groupStart: number;
  /** The members so far. Undefined while the text of the container is not divided. */
  value: unknown[] | Record<string, unknown> | undefined;
  /** The key of the member that is being scanned, once that member is divided. */
  key: string;
  /** Offset behind the member that is being scanned, once it is in `value`; otherwise -1. */
  builtUntil: number;
}

/** A string whose end is not scanned yet. */
interface LongString {
  /** V8 joins the pieces when the text is used, which may be never: to join 30 MB at once takes 15 ms. */
  text: string;
  /** Offset behind that text. */
  parsedUntil: number;
}

/** Moves an offset back to the start of the character that it lies in. */
function startOfCharacter(bytes: Uint8Array, offset: number): number {
  let start = offset;
  for (let moved = 0; moved < 3 && ((bytes[start] ?? 0) & 0xc0) === 0x80; moved++) start--;
  return start;
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

class PieceParser {
  readonly #bytes: Uint8Array;
  readonly #pieceBytes: number;
  readonly #observer: JsonObserver | undefined;
  readonly #scanner: JsonScanner;
  readonly #open: Container[] = [];
  /** Offset behind the text that is parsed. */
  #parsedUntil: number;
  readonly #start: number;
  #root: { value: unknown; end: number } | undefined;
  #longString: LongString | undefined;

  constructor(bytes: Uint8Array, start: number, pieceBytes: number, observer: JsonObserver | undefined) {
    this.#bytes = bytes;
    this.#pieceBytes = pieceBytes;
    this.#observer = observer;
    this.#scanner = new JsonScanner(bytes);
    this.#start = start;
    this.#parsedUntil = start;
    this.#scanner.position = start;
  }

  /** Scans up to the end of a piece, and parses one piece. @returns whether all text is scanned */
  step(): boolean {
    const scanner = this.#scanner;
    const end = Math.min(this.#bytes.length, scanner.position + this.#pieceBytes);
    const parsedBefore = this.#parsedUntil;
    while (this.#parsedUntil === parsedBefore) {
      const structure = scanner.next(end);
      this.#observer?.inspect(structure, this.#open, scanner, this.#bytes);
      this.#parseLongString();
      if (structure === NO_STRUCTURE) {
        this.#skipTrailingBlanks();
        return scanner.position >= this.#bytes.length;
      }
      const at = scanner.position - 1;
      if (structure === OPEN_ARRAY || structure === OPEN_OBJECT) this.#openContainer(structure === OPEN_ARRAY, at);
      else if (structure === COMMA) this.#endMember(at);
      else this.#closeContainer(structure, at);
    }
    return false;
  }

  /** The value of the whole text, once it is scanned. */
  result(): unknown {
    const { length } = this.#bytes;
    if (this.#open.length === 0 && this.#root === undefined) return this.#parse("", this.#start, length, "");
    if (this.#open.length > 0 || this.#root === undefined) throw this.#errorAt(length);
    if (!isBlank(this.#bytes, this.#root.end, length)) throw this.#errorAt(this.#root.end);
    return this.#root.value;
  }

  /** Parses the next piece of a string that is longer than a piece, and adds the string to its container at its end. */
  #parseLongString(): void {
    const { isInString, stringStart, stringEnd, position } = this.#scanner;
    const container = this.#open.at(-1);
    if (container === undefined) return;
    if (this.#longString === undefined) {
      if (!isInString || position - stringStart < this.#pieceBytes) return;
      const isKey = !container.isArray && isBlank(this.#bytes, container.memberStart, stringStart);
      if (isKey || container.builtUntil !== -1) return;
      this.#divideOpenContainers(stringStart);
      this.#longString = { text: "", parsedUntil: stringStart + 1 };
    }
    const longString = this.#longString;
    const end = isInString ? startOfCharacter(this.#bytes, position) : stringEnd - 1;
    longString.text += this.#parse('"', longString.parsedUntil, end, '"') as string;
    longString.parsedUntil = end;
    this.#parsedUntil = end;
    if (isInString) return;
    addMember(container, longString.text);
    container.builtUntil = stringEnd;
    this.#longString = undefined;
  }

  #skipTrailingBlanks(): void {
    if (this.#root === undefined || this.#open.length > 0) return;
    const { position } = this.#scanner;
    if (!isBlank(this.#bytes, this.#root.end, position)) throw this.#errorAt(this.#root.end);
    this.#root.end = position;
  }

  #openContainer(isArray: boolean, start: number): void {
    if (this.#root !== undefined) throw this.#errorAt(start);
    this.#open.push({
      isArray,
      start,
      memberStart: start + 1,
      members: 0,
      isScalarList: false,
      groupStart: start + 1,
      value: undefined,
      key: "",
      builtUntil: -1,
    });
  }

  #endMember(at: number): void {
    const container = this.#open.at(-1);
    if (container === undefined) throw this.#errorAt(at);
    this.#parseMembers(container, at, at - this.#parsedUntil >= this.#pieceBytes);
    container.members++;
    container.memberStart = at + 1;
  }

  /** Puts the members that end at an offset into their container, if that is due or begun. */
  #parseMembers(container: Container, at: number, isDue: boolean): void {
    if (container.builtUntil !== -1) {
      if (!isBlank(this.#bytes, container.builtUntil, at)) throw this.#errorAt(container.builtUntil);
      container.builtUntil = -1;
    } else if (isDue) {
      this.#divideOpenContainers();
      this.#parseGroup(container, at);
    } else return;
    container.groupStart = at + 1;
    this.#parsedUntil = at + 1;
  }

  /**
   * Gives each open container a value, and parses the members that lie before the open one.
   *
   * @param childStart offset of a member of the innermost container that is to be divided, too
   */
  #divideOpenContainers(childStart?: number): void {
    for (const [depth, container] of this.#open.entries()) {
      container.value ??= container.isArray ? [] : {};
      const child = this.#open[depth + 1];
      const start = child === undefined ? childStart : child.start;
      if (start === undefined || child?.value !== undefined) continue;
      const { memberStart } = container;
      if (memberStart > container.groupStart) this.#parseGroup(container, memberStart - 1);
      container.groupStart = memberStart;
      if (!container.isArray) container.key = this.#parseKey(memberStart, start);
      else if (!isBlank(this.#bytes, memberStart, start)) throw this.#errorAt(memberStart);
    }
  }

  #closeContainer(structure: number, at: number): void {
    const container = this.#open.at(-1);
    if (container === undefined || structure !== (container.isArray ? CLOSE_ARRAY : CLOSE_OBJECT))
      throw this.#errorAt(at);
    const isDivided = container.value !== undefined;
    if (isDivided) this.#parseMembers(container, at, true);
    this.#open.pop();
    const parent = this.#open.at(-1);
    if (parent === undefined) {
      if (!isBlank(this.#bytes, this.#start, container.start)) throw this.#errorAt(this.#start);
      const value = isDivided ? container.value : this.#parse("", container.start, at + 1, "");
      this.#root = { value, end: at + 1 };
    } else if (isDivided) {
      addMember(parent, container.value);
      parent.builtUntil = at + 1;
    }
  }

  /** Parses the members between `groupStart` and an offset. */
  #parseGroup(container: Container, end: number): void {
    const { isArray, groupStart, value } = container;
    const members = this.#parse(isArray ? "[" : "{", groupStart, end, isArray ? "]" : "}");
    if (Array.isArray(members)) {
      if (members.length === 0) throw this.#errorAt(end);
      for (const member of members) (value as unknown[]).push(member);
      return;
    }
    const keys = Object.keys(members as object);
    if (keys.length === 0) throw this.#errorAt(end);
    for (const key of keys) setOwn(value as Record<string, unknown>, key, (members as Record<string, unknown>)[key]);
  }

  #parseKey(start: number, end: number): string {
    // Nothing but a key and a colon makes this an object.
    const [key = ""] = Object.keys(this.#parse("{", start, end, "null}") as object);
    return key;
  }

  #parse(before: string, start: number, end: number, after: string): unknown {
    const text = this.#decode(start, end);
    try {
      return JSON.parse(before === "" ? text : before + text + after);
    } catch (error) {
      if (this.#bytes.length <= this.#pieceBytes || before === "") throw error;
      const reason = (error as SyntaxError).message.replace(/ in JSON at position .*| \(line \d+ column \d+\)/, "");
      throw new SyntaxError(`${reason}, between bytes ${start} and ${end}`);
    }
  }

  #decode(start: number, end: number): string {
    try {
      return decoder.decode(this.#bytes.subarray(start, end));
    } catch {
      throw new NotUtf8Error(`not UTF-8 between bytes ${start} and ${end}`);
    }
  }

  /** The error for text that is not JSON; for short text that of `JSON.parse`, which it throws. */
  #errorAt(at: number): SyntaxError {
    const { length } = this.#bytes;
    if (length <= this.#pieceBytes) JSON.parse(this.#decode(this.#start, length));
    return new SyntaxError(at >= length ? "Unexpected end of JSON input" : `Unexpected character at byte ${at}`);
  }
}

function addMember({ isArray, value, key }: Container, member: unknown): void {
  if (isArray) (value as unknown[]).push(member);
  else setOwn(value as Record<string, unknown>, key, member);
}

/** Assignment would set the prototype for the key `__proto__`; `JSON.parse` makes it a key like any other. */
function setOwn(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== "__proto__") object[key] = value;
  else Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}
