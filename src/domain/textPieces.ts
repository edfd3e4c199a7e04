/**
 * Joins short texts and cuts long ones: together the pieces are the same text. No surrogate pair is split, so each piece
 * can be encoded on its own.
 *
 * @param maxLength of each piece in UTF-16 units, at least 2
 */
export function* textPieces(texts: Iterable<string>, maxLength: number): Generator<string> {
  let parts: string[] = [];
  let room = maxLength;
  for (const text of texts) {
    let at = 0;
    while (text.length - at > room) {
      const end = at + room - (isHighSurrogate(text, at + room - 1) ? 1 : 0);
      parts.push(text.slice(at, end));
      yield parts.join("");
      parts = [];
      room = maxLength;
      at = end;
    }
    parts.push(text.slice(at));
    room -= text.length - at;
  }
  if (room < maxLength) yield parts.join("");
}

function isHighSurrogate(text: string, index: number): boolean {
  const unit = text.charCodeAt(index);
  return unit >= 0xd800 && unit <= 0xdbff;
}
