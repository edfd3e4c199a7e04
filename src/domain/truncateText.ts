/** Shortens a text without splitting a surrogate pair. @param maxChars length of the result, with the final dots */
export function truncateText(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  return `${text.slice(0, maxChars - 3).replace(/[\ud800-\udbff]$/, "")}...`;
}
