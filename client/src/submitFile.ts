/**
 * Formats a submit dictionary as a file for `condor_submit`.
 *
 * @param nWorkers number of jobs; null: unknown, then the file queues none
 */
export function formatSubmitFile(submitDict: Readonly<Record<string, unknown>>, nWorkers: number | null): string {
  const lines = Object.entries(submitDict).map(([key, value]) => {
    const text = String(value);
    // HTCondor's notation for values of several lines.
    return text.includes("\n") ? `${key} @=end\n${text}\n@end` : `${key} = ${text}`;
  });
  if (nWorkers !== null) lines.push(`queue ${nWorkers}`);
  return `${lines.join("\n")}\n`;
}
