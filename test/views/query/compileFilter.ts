import { prepareFilter } from "../../../src/views/query/prepareFilter.js";

/** The match function of a filter for documents that are not large. */
export function compileFilter(filter: Record<string, unknown>): (document: object) => boolean {
  const { matches } = prepareFilter(filter);
  return (document) => matches(document, 0);
}
