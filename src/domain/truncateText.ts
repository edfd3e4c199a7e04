/** Cuts a text that is too long, without halving a character. @param longest characters, the dots that stand for the rest included */
export function shortened(text: string, longest: number): string {
  if (text.length <= longest) return text;
  return `${text.slice(0, longest - 3).replace(/[\ud800-\udbff]$/, "")}...`;
}
