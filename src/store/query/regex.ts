import { RE2JS } from "re2js";

/** Longest pattern, in UTF-8 bytes. */
const MAX_PATTERN_BYTES = 1024;
/** Compiling one takes up to some 20 ms, and nothing else runs meanwhile. */
const MAX_PATTERNS = 50;
/**
 * What one document may cost, in characters × instructions of the pattern. RE2 is linear in both, but their product can
 * still be minutes: a hostile pattern of 1,000 instructions takes 10 µs a character. This stands for about a second.
 */
const MAX_WORK = 5e7;

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
export class Patterns {
  readonly #compiled = new Map<string, (text: string) => boolean>();
  #work = 0;

  /** Gives the next document its share of {@link MAX_WORK}. */
  startDocument(): void {
    this.#work = 0;
  }

  /**
   * The test whether a text holds a match, compiled once for the same pattern and options.
   *
   * @param options MongoDB's `i`, `m`, `s`, `u`, in any order
   * @throws PatternError for what RE2 does not know; the test throws it for a text that would take too long
   */
  compile(pattern: string, options = ""): (text: string) => boolean {
    const key = `${options}/${pattern}`;
    const known = this.#compiled.get(key);
    if (known !== undefined) return known;
    if (this.#compiled.size === MAX_PATTERNS)
      throw new PatternError(`a filter may hold ${MAX_PATTERNS} different patterns at most`);
    const regex = compileRe2(pattern, flagsOf(options));
    const size = regex.programSize();
    const test = (text: string): boolean => {
      this.#work += size * text.length;
      if (this.#work > MAX_WORK) throw new PatternError("the pattern takes too long on these documents");
      return regex.test(text);
    };
    this.#compiled.set(key, test);
    return test;
  }
}

function flagsOf(options: string): number {
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
  if (Buffer.byteLength(pattern) > MAX_PATTERN_BYTES)
    throw new PatternError(`expected at most ${MAX_PATTERN_BYTES} bytes`);
  try {
    return RE2JS.compile(pattern, flags);
  } catch (error) {
    throw new PatternError(`is no pattern that RE2 knows: ${(error as Error).message}`);
  }
}
