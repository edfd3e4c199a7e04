import { FilterCompiler } from "../../../src/views/query/filterCompiler.js";
import { mergeEqualities } from "../../../src/views/query/mergeEqualities.js";
import { WorkMeter } from "../../../src/views/query/meter.js";
import { FilterPatterns } from "../../../src/views/query/regex.js";
import { validationSteps } from "../../../src/views/query/validateFilter.js";

/** Validates and compiles a filter in one go. */
export function compileFilter(filter: Record<string, unknown>): (document: object) => boolean {
  const meter = new WorkMeter();
  const patterns = new FilterPatterns(meter);
  for (const _ of validationSteps(filter, patterns));
  return new FilterCompiler(patterns, meter).compileQuery(mergeEqualities(filter)).matches;
}
