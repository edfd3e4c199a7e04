/** Cuts a text that is too long, without halving a character. @param maxChars characters, the dots that stand for the rest included */
export function truncateText(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  return `${text.slice(0, maxChars - 3).replace(/[\ud800-\udbff]$/, "")}...`;
}
