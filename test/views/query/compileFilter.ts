import { prepareFilter } from "../../../src/views/query/prepareFilter.js";

/** The test of a filter alone, for documents that are not large. */
export function compileFilter(filter: Record<string, unknown>): (document: object) => boolean {
  const { matches } = prepareFilter(filter);
  return (document) => matches(document, 0);
}
