/** Characters that take two columns of a terminal: those of East Asia, and emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;

const columnsOf = (character: string): number =>
  /^[\p{Mark}\u200b-\u200d]$/u.test(character) ? 0 : WIDE.test(character) ? 2 : 1;

/** Columns that a text without control characters takes on a terminal. */
export const textWidth = (text: string): number => [...text].reduce((sum, character) => sum + columnsOf(character), 0);

/** Truncates a text to a number of columns, with an ellipsis. */
export function truncateToWidth(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  let kept = "";
  let free = Math.max(columns - 1, 0);
  for (const character of text) {
    free -= columnsOf(character);
    if (free < 0) break;
    kept += character;
  }
  return `${kept}…`;
}

/** Truncates a text to a number of columns, or adds spaces at its end. */
export function fitToWidth(text: string, columns: number): string {
  const shown = truncateToWidth(text, columns);
  return shown + " ".repeat(Math.max(0, columns - textWidth(shown)));
}

/** Breaks a text at its spaces into lines of at most so many columns. A longer word has a line of its own. */
export function wrapToWidth(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && textWidth(line) + 1 + textWidth(word) > columns) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
