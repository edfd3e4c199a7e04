/** Parses labels: `season=IC86, mc=22345`, also in lines. @throws Error for a label that is given twice */
export function parseLabels(text: string): Record<string, string> {
  const labels = new Map<string, string>();
  for (const part of text.split(/[,\n]/)) {
    const [, key = "", value = ""] = /^([^=]*)=?(.*)$/s.exec(part.trim()) ?? [];
    if (key.trim() === "") continue;
    if (labels.has(key.trim())) throw new Error(`The label "${key.trim()}" is given twice.`);
    labels.set(key.trim(), value.trim());
  }
  return Object.fromEntries(labels);
}
