/**
 * The headers that annotate a new workflow. `fetch` sends them as Latin-1, and the service expects UTF-8.
 *
 * @param labels `season=IC86.2024, mc=22345`; empty: none
 */
export function annotationHeaders(name: string | undefined, labels: string): Record<string, string> {
  const toHeader = (text: string) => String.fromCharCode(...new TextEncoder().encode(text));
  return {
    ...(name !== undefined && { "ewms-name": toHeader(name) }),
    ...(labels !== "" && { "ewms-labels": toHeader(labels) }),
  };
}

/** Labels as one text, as a header has them: `season=IC86.2024, mc=22345`. */
export const formatLabels = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([key, value]) => (value === "" ? key : `${key}=${value}`))
    .join(", ");
