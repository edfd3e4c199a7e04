import { RE2JS } from "re2js";
import { runWithTimeout, WorkTimeoutError } from "./runWithTimeout.js";

/** Longest pattern, and all patterns of a filter together, in UTF-8 bytes. */
const MAX_PATTERN_BYTES = 1024;
const MAX_TOTAL_PATTERN_BYTES = 4096;
/** Different patterns of a filter. */
const MAX_PATTERNS = 50;
/** Instructions of all patterns of a filter together; `a{1000}` has a thousand. */
const MAX_INSTRUCTIONS = 10_000;

/*
 * RE2 is linear in the text and in the pattern, but their product can still be minutes: a thousand instructions may take a
 * millisecond for each character. Nothing else runs meanwhile, so what can be large is watched. Milliseconds.
 */

/** For one pattern to be compiled; one of 20 bytes can have millions of instructions. */
const COMPILE_TIMEOUT_MS = 250;
/** For the patterns of a filter on one document. */
const REGEX_DOCUMENT_TIMEOUT_MS = 500;
/** For the same on all documents of a query. */
const REGEX_QUERY_TIMEOUT_MS = 30_000;
/** Characters × instructions that need no watching: some 30 ms at the worst, mostly far below one. */
const MAX_UNTIMED_WORK = 100_000;

const FLAGS: ReadonlyMap<string, number> = new Map([
  ["i", RE2JS.CASE_INSENSITIVE],
  ["m", RE2JS.MULTILINE],
  ["s", RE2JS.DOTALL],
  // Texts are Unicode anyway, in MongoDB too.
  ["u", 0],
]);

/** Something is wrong with a pattern, or with what it is asked to do; the message says what. */
export class PatternError extends Error {
  override name = "PatternError";
}

/** The regular expressions of one filter. */
export class FilterPatterns {
  readonly #compiled = new Map<string, (text: string) => boolean>();
  #bytes = 0;
  #instructions = 0;
  /** On the present document, since it was last looked at the clock. */
  #work = 0;
  #deadlineMs = 0;
  /** Milliseconds on all documents so far. */
  #spentMs = 0;

  /** Gives the next document its time. */
  startDocument(): void {
    this.#work = 0;
    this.#deadlineMs = performance.now() + REGEX_DOCUMENT_TIMEOUT_MS;
  }

  /**
   * The test whether a text holds a match, compiled once for the same pattern and options.
   *
   * @param options MongoDB's `i`, `m`, `s`, `u`, in any order
   * @throws PatternError for what RE2 does not know, and for what is too large; the test throws it for a text that takes
   *   too long
   */
  compile(pattern: string, options = ""): (text: string) => boolean {
    const key = `${options}/${pattern}`;
    const known = this.#compiled.get(key);
    if (known !== undefined) return known;
    if (this.#compiled.size === MAX_PATTERNS)
      throw new PatternError(`a filter may hold ${MAX_PATTERNS} different patterns at most`);
    const flags = parseFlags(options);
    this.#bytes += patternSizeBytes(pattern);
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

  /** @throws TookTooLong */
  #runTimed(work: number, test: () => boolean): boolean {
    if (this.#spentMs > REGEX_QUERY_TIMEOUT_MS) throw new WorkTimeoutError("on all documents together");
    const began = performance.now();
    this.#work += work;
    const small = this.#work <= MAX_UNTIMED_WORK;
    if (!small) this.#work = 0;
    const holds = small ? test() : runWithTimeout(this.#deadlineMs - began, test);
    this.#spentMs += performance.now() - began;
    return holds;
  }
}

/** @throws PatternError */
function patternSizeBytes(pattern: string): number {
  const bytes = Buffer.byteLength(pattern);
  if (bytes > MAX_PATTERN_BYTES) throw new PatternError(`expected at most ${MAX_PATTERN_BYTES} bytes`);
  return bytes;
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
    // Without a repetition, a pattern is as large as its text.
    if (!/\{\d/.test(pattern)) return RE2JS.compile(pattern, flags);
    return runWithTimeout(COMPILE_TIMEOUT_MS, () => RE2JS.compile(pattern, flags));
  } catch (error) {
    if (error instanceof WorkTimeoutError) throw new PatternError("repeats too much");
    throw new PatternError(`is no pattern that RE2 knows: ${(error as Error).message}`);
  }
}
