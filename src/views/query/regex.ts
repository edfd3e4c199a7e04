import { RE2JS } from "re2js";
import { runWithTimeout, TimeBudget, WorkTimeoutError } from "./runWithTimeout.js";

/** Maximum UTF-8 bytes of one pattern, and of all patterns of a filter together. */
const MAX_PATTERN_BYTES = 1024;
const MAX_TOTAL_PATTERN_BYTES = 4096;
/** Maximum number of different patterns of a filter. */
const MAX_PATTERNS = 50;
/** Maximum instructions of all patterns of a filter together; `a{1000}` compiles to a thousand. */
const MAX_INSTRUCTIONS = 10_000;
/** Milliseconds to compile one pattern: 20 bytes can compile to millions of instructions. */
const COMPILE_TIMEOUT_MS = 250;
/**
 * Characters × instructions that run without a timer: 30 ms at the worst, mostly far below 1 ms. RE2 is linear in the text
 * and in the pattern, but a thousand instructions take up to a millisecond for each character.
 */
const MAX_UNTIMED_WORK = 100_000;

const FLAGS: ReadonlyMap<string, number> = new Map([
  ["i", RE2JS.CASE_INSENSITIVE],
  ["m", RE2JS.MULTILINE],
  ["s", RE2JS.DOTALL],
  // Texts are always Unicode, as in MongoDB.
  ["u", 0],
]);

/** A pattern that cannot be compiled, or that takes too long on a text. The message gives the reason. */
export class PatternError extends Error {
  override name = "PatternError";
}

/** The regular expressions of one filter. */
export class FilterPatterns {
  readonly #compiled = new Map<string, (text: string) => boolean>();
  readonly #budget = new TimeBudget();
  #bytes = 0;
  #instructions = 0;
  /** Work on the current document since the last timed test. */
  #untimedWork = 0;

  /** Starts the time of the next document. */
  startDocument(): void {
    this.#untimedWork = 0;
    this.#budget.startDocument();
  }

  /**
   * Compiles a pattern, once for the same pattern and options.
   *
   * @param options MongoDB's `i`, `m`, `s`, `u`, in any order
   * @returns whether a text contains a match; throws PatternError for a text that takes too long
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
    let regex = compileRe2(pattern, flags);
    const size = regex.programSize();
    this.#instructions += size;
    if (this.#instructions > MAX_INSTRUCTIONS) throw new PatternError("repeats too much");
    const test = (text: string): boolean => {
      try {
        return this.#runTimed(size * text.length, () => regex.test(text));
      } catch (error) {
        if (!(error instanceof WorkTimeoutError)) throw error;
        regex = compileRe2(pattern, flags);
        throw new PatternError("the pattern takes too long on these documents");
      }
    };
    this.#compiled.set(key, test);
    return test;
  }

  /** @throws WorkTimeoutError */
  #runTimed(work: number, test: () => boolean): boolean {
    this.#untimedWork += work;
    if (this.#untimedWork <= MAX_UNTIMED_WORK) return this.#budget.runShort(test);
    this.#untimedWork = 0;
    return this.#budget.runLimited(test);
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
    // A pattern without counted repetitions compiles to about as many instructions as it has characters.
    if (!/\{\d/.test(pattern)) return RE2JS.compile(pattern, flags);
    return runWithTimeout(COMPILE_TIMEOUT_MS, () => RE2JS.compile(pattern, flags));
  } catch (error) {
    if (error instanceof WorkTimeoutError) throw new PatternError("repeats too much");
    throw new PatternError(`is no pattern that RE2 knows: ${(error as Error).message}`);
  }
}
