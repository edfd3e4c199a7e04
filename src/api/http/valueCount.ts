const charCodeOf = (sign: string): number => sign.charCodeAt(0);
const QUOTE = charCodeOf('"');
const BACKSLASH = charCodeOf("\\");
const COMMA = charCodeOf(",");
const COLON = charCodeOf(":");
const BRACKET = charCodeOf("[");
const BRACE = charCodeOf("{");

/**
 * Whether JSON text holds more than so many keys and values. Nothing else runs while a text is parsed and its values are
 * checked, a microsecond or more for each of them, so this has to be known before. Looking at 32 MiB takes some 50 ms.
 *
 * Well-formed text has no more keys and values than commas, colons and opening brackets together, and no more texts.
 *
 * @param bytes the text in UTF-8, well-formed or not
 */
export function exceedsValueCount(bytes: Buffer, maxValues: number): boolean {
  if (bytes.length <= maxValues) return false;
  let separators = 0;
  let strings = 0;
  let isInString = false;
  for (let index = 0; index < bytes.length; index++) {
    const sign = bytes[index];
    if (isInString) {
      if (sign === BACKSLASH) index++;
      else if (sign === QUOTE) isInString = false;
    } else if (sign === QUOTE) {
      isInString = true;
      if (++strings > maxValues) return true;
    } else if (sign === COMMA || sign === COLON || sign === BRACKET || sign === BRACE) {
      if (++separators > maxValues) return true;
    }
  }
  return false;
}
