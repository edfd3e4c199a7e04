export const [OPEN_ARRAY = 0, CLOSE_ARRAY = 0, OPEN_OBJECT = 0, CLOSE_OBJECT = 0, COMMA = 0] = Buffer.from("[]{},");
const [QUOTE = 0, BACKSLASH = 0, COLON = 0, LETTER_U = 0] = Buffer.from('"\\:u');

/** What {@link JsonScanner.next} returns when it has reached its end. */
export const NO_STRUCTURE = 0;

const PLAIN = 0;
const STRING = 1;
const NAME_END = 2;
const STRUCTURE = 3;
/** The meaning of each byte outside of strings. */
const BYTE_CLASSES = new Uint8Array(256).fill(PLAIN);
for (const byte of Buffer.from("[]{},")) BYTE_CLASSES[byte] = STRUCTURE;
BYTE_CLASSES[QUOTE] = STRING;
BYTE_CLASSES[COLON] = NAME_END;

/** In longer strings, the next quote or backslash is searched, which takes a tenth of the time of a loop over the bytes. */
const SEARCHED_STRING_BYTES = 128;

/**
 * Finds the brackets and commas outside of strings in JSON text, in as many steps as its caller likes. It checks nothing
 * else: of malformed text it finds some, up to the place of the fault the right ones.
 */
export class JsonScanner {
  /** Offset of the next byte to be read. It never lies in an escape. */
  position = 0;
  colons = 0;
  strings = 0;
  /** Offset of the first escape that is half a surrogate pair; -1 if there is none. In UTF-8, only an escape can write one. */
  loneSurrogateAt = -1;
  isInString = false;
  /** Offset of the opening quote of the last string. */
  stringStart = 0;
  /** Offset behind the closing quote of the last string that ended. */
  stringEnd = 0;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** @returns the next bracket or comma, which lies before `position`; {@link NO_STRUCTURE} if there is none before `end` */
  next(end: number): number {
    const bytes = this.#bytes;
    let index = this.position;
    let isInString = this.isInString;
    let found = NO_STRUCTURE;
    let [nextQuote, nextBackslash] = [-1, -1];
    while (index < end) {
      if (isInString && index - this.stringStart > SEARCHED_STRING_BYTES) {
        if (nextQuote < index) nextQuote = this.#find(QUOTE, index, end);
        if (nextBackslash < index) nextBackslash = this.#find(BACKSLASH, index, end);
        index = Math.min(nextQuote, nextBackslash);
        if (index >= end) break;
      }
      const byte = bytes[index++] as number;
      if (isInString) {
        if (byte === QUOTE) {
          isInString = false;
          this.stringEnd = index;
        } else if (byte === BACKSLASH) index = this.#skipEscape(index);
        continue;
      }
      const byteClass = BYTE_CLASSES[byte];
      if (byteClass === PLAIN) continue;
      if (byteClass === STRUCTURE) {
        found = byte;
        break;
      }
      if (byteClass === NAME_END) this.colons++;
      else {
        isInString = true;
        this.stringStart = index - 1;
        this.strings++;
      }
    }
    this.position = index;
    this.isInString = isInString;
    return found;
  }

  /** The offset of the next such byte; `end` if there is none before. */
  #find(byte: number, start: number, end: number): number {
    const found = this.#bytes.subarray(start, end).indexOf(byte);
    return found === -1 ? end : start + found;
  }

  /** @param index offset of the byte behind the backslash @returns offset of the byte behind the escape */
  #skipEscape(index: number): number {
    if (this.#bytes[index] !== LETTER_U) return index + 1;
    const unit = this.#hexadecimal(index + 1);
    if (unit === -1) return index + 1;
    if (unit < 0xd800 || unit > 0xdfff) return index + 5;
    if (unit < 0xdc00 && this.#bytes[index + 5] === BACKSLASH && this.#bytes[index + 6] === LETTER_U) {
      const low = this.#hexadecimal(index + 7);
      if (low >= 0xdc00 && low <= 0xdfff) return index + 11;
    }
    if (this.loneSurrogateAt === -1) this.loneSurrogateAt = index - 1;
    return index + 5;
  }

  /** @returns the number that four hexadecimal digits write; -1 for other characters */
  #hexadecimal(start: number): number {
    let value = 0;
    for (let index = start; index < start + 4; index++) {
      const digit = hexadecimalDigit(this.#bytes[index] ?? 0);
      if (digit === -1) return -1;
      value = 16 * value + digit;
    }
    return value;
  }
}

function hexadecimalDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x61 + 10 : -1;
}

/** Whether a part of JSON text holds only blanks, tabs and line ends. */
export function isBlank(bytes: Uint8Array, start: number, end: number): boolean {
  for (let index = start; index < end; index++) {
    const byte = bytes[index];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return false;
  }
  return true;
}
