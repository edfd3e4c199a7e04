import { RE2JS } from "re2js";
import {
  MAX_PATTERN_BYTES,
  MAX_PATTERN_INSTRUCTIONS,
  MAX_PATTERNS,
  MAX_TOTAL_INSTRUCTIONS,
  MAX_TOTAL_PATTERN_BYTES,
  MAX_UNMEASURED_STEPS,
  MAX_UNTIMED_STEPS,
  PATTERN_TIMEOUT_MS,
  WORK,
} from "./limits.js";
import { ConditionTooCostlyError, type WorkMeter } from "./meter.js";
import { estimatePatternSize } from "./patternSize.js";
import { runWithTimeout, WorkTimeoutError } from "./runWithTimeout.js";

const FLAGS: ReadonlyMap<string, number> = new Map([
  ["i", RE2JS.CASE_INSENSITIVE],
  ["m", RE2JS.MULTILINE],
  ["s", RE2JS.DOTALL],
  // Texts are always Unicode, as in MongoDB.
  ["u", 0],
]);

/** A pattern that cannot be compiled. The message gives the reason. */
export class PatternError extends Error {
  override name = "PatternError";
}

/** The regular expressions of one filter. */
export class FilterPatterns {
  readonly #meter: WorkMeter;
  readonly #compiled = new Map<string, (text: string) => boolean>();
  #bytes = 0;
  #instructions = 0;

  constructor(meter: WorkMeter) {
    this.#meter = meter;
  }

  /**
   * Compiles a pattern, once for the same pattern and options.
   *
   * @param options MongoDB's `i`, `m`, `s`, `u`, in any order
   * @returns a function that finds whether a text contains a match
   * @throws PatternError for a pattern that RE2 rejects, or that is too large
   */
  compile(pattern: string, options = ""): (text: string) => boolean {
    const key = `${options}/${pattern}`;
    const known = this.#compiled.get(key);
    if (known !== undefined) return known;
    if (this.#compiled.size === MAX_PATTERNS)
      throw new PatternError(`a filter may hold ${MAX_PATTERNS} different patterns at most`);
    const flags = parseFlags(options);
    const bytes = Buffer.byteLength(pattern);
    if (bytes > MAX_PATTERN_BYTES) throw new PatternError(`expected at most ${MAX_PATTERN_BYTES} bytes`);
    this.#bytes += bytes;
    if (this.#bytes > MAX_TOTAL_PATTERN_BYTES)
      throw new PatternError(`expected at most ${MAX_TOTAL_PATTERN_BYTES} bytes in all patterns together`);
    this.#countInstructions(estimatePatternSize(pattern), 0);
    let regex = compileRe2(pattern, flags);
    const size = regex.programSize();
    this.#countInstructions(size, size);
    const test = (text: string): boolean => {
      const steps = size * text.length;
      if (steps <= MAX_UNMEASURED_STEPS) {
        this.#meter.charge(steps * WORK.patternStep);
        return regex.test(text);
      }
      const startedAtMs = performance.now();
      try {
        if (steps <= MAX_UNTIMED_STEPS) return regex.test(text);
        return runWithTimeout(PATTERN_TIMEOUT_MS, () => regex.test(text));
      } catch (error) {
        if (!(error instanceof WorkTimeoutError)) throw error;
        // The interruption may have left it in any state.
        regex = compileRe2(pattern, flags);
        throw new ConditionTooCostlyError();
      } finally {
        this.#meter.chargeTime(performance.now() - startedAtMs);
      }
    };
    this.#compiled.set(key, test);
    return test;
  }

  /** @param counted added to the sum of all patterns */
  #countInstructions(size: number, counted: number): void {
    this.#instructions += counted;
    if (size > MAX_PATTERN_INSTRUCTIONS || this.#instructions > MAX_TOTAL_INSTRUCTIONS)
      throw new PatternError("repeats too much");
  }
}

function parseFlags(options: string): number {
  let flags = 0;
  for (const option of options) {
    const flag = FLAGS.get(option);
    if (flag === undefined)
      throw new PatternError(`$options: RE2 knows i, m, s and u, but not ${JSON.stringify(option)}`);
    flags |= flag;
  }
  return flags;
}

function compileRe2(pattern: string, flags: number): RE2JS {
  try {
    return RE2JS.compile(pattern, flags);
  } catch (error) {
    throw new PatternError(`is no pattern that RE2 knows: ${(error as Error).message}`);
  }
}
