import type { HostileRequest } from "./hostileRequest.js";
import { LARGEST_BODIES } from "./largestBodies.js";
import { LITERALS } from "./literals.js";
import { OPERATORS_AND_PROJECTIONS } from "./operators.js";
import { PATTERN_FILTERS } from "./patterns.js";
import { WIDE_FILTERS } from "./wideFilters.js";

/** All hostile requests, in the order in which they are sent: those that fill the store come last. */
export const HOSTILE_REQUESTS: readonly HostileRequest[] = [
  ...WIDE_FILTERS,
  ...LITERALS,
  ...PATTERN_FILTERS,
  ...OPERATORS_AND_PROJECTIONS,
  ...LARGEST_BODIES,
];

/** Finds a hostile request. @throws Error if there is none of that name */
export function findHostileRequest(name: string): HostileRequest {
  const found = HOSTILE_REQUESTS.find((request) => request.name === name);
  if (found === undefined) throw new Error(`no hostile request is named ${name}`);
  return found;
}
