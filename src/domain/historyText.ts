import {
  HISTORY_FIELDS,
  type History,
  type HistorySample,
  MAX_HISTORY_SAMPLES,
  MAX_HISTORY_VALUE,
  thinHistory,
} from "./history.js";

/*
 * The stored form of a history is text: the version, then integers as digits of 5 bits, the lowest first. A character
 * stands for a digit; 32 is added to each digit but the last of an integer. The integers are the interval, then for each
 * sample the seconds since the sample before, the fields that changed as a sum of powers of two, and the change of each:
 * twice its amount, plus 1 if the value decreased.
 */

const VERSION = "1";
const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/** By the code of the character. */
const DIGIT_VALUES: readonly (number | undefined)[] = Array.from({ length: 128 }, (_, code) => {
  const value = DIGITS.indexOf(String.fromCharCode(code));
  return value === -1 ? undefined : value;
});
const BASE = 32;

/** Length of the text, which is its size in bytes. A longer one is thinned. */
export const MAX_HISTORY_CHARS = 6 * 1024;

/** The last time that a `Date` has. */
const MAX_EPOCH_SECONDS = 8.64e12;

/** The stored form of a history, after as much thinning as the limit requires. */
export function encodeHistory(history: History): string {
  let thinned = history;
  let text = encode(thinned);
  while (text.length > MAX_HISTORY_CHARS) {
    thinned = thinHistory(thinned);
    text = encode(thinned);
  }
  return text;
}

function encode({ intervalSeconds, samples }: History): string {
  let text = VERSION + encodeInteger(intervalSeconds);
  let before = ORIGIN;
  for (const sample of samples) {
    let changedFields = 0;
    let changes = "";
    for (let index = 0; index < sample.values.length; index++) {
      const change = (sample.values[index] as number) - (before.values[index] as number);
      if (change === 0) continue;
      changedFields += 1 << index;
      changes += encodeInteger(change < 0 ? 1 - 2 * change : 2 * change);
    }
    text += encodeInteger(sample.timestamp - before.timestamp) + encodeInteger(changedFields) + changes;
    before = sample;
  }
  return text;
}

/** What the first sample is compared with. */
const ORIGIN: HistorySample = { timestamp: 0, values: HISTORY_FIELDS.map(() => 0) };

function encodeInteger(value: number): string {
  let digits = "";
  let rest = value;
  while (rest >= BASE) {
    digits += DIGITS[BASE + (rest % BASE)];
    rest = Math.floor(rest / BASE);
  }
  return digits + DIGITS[rest];
}

/** @returns undefined when the text is not the stored form of a history, or that of a later release */
export function decodeHistory(text: string): History | undefined {
  if (!text.startsWith(VERSION) || text.length > MAX_HISTORY_CHARS) return undefined;
  const integers = decodeIntegers(text);
  if (integers === undefined) return undefined;
  let next = 0;
  const take = (): number => integers[next++] ?? Number.NaN;
  const intervalSeconds = take();
  const samples: HistorySample[] = [];
  let before = ORIGIN;
  while (next < integers.length) {
    const timestamp = before.timestamp + take();
    const changedFields = take();
    if (!(changedFields < 2 ** HISTORY_FIELDS.length)) return undefined;
    const values = before.values.map((value, index) => {
      if ((changedFields & (1 << index)) === 0) return value;
      const change = take();
      return value + (change % 2 === 0 ? change / 2 : (1 - change) / 2);
    });
    before = { timestamp, values };
    samples.push(before);
    if (!isValid(before)) return undefined;
  }
  return intervalSeconds > 0 && intervalSeconds <= MAX_EPOCH_SECONDS && samples.length <= MAX_HISTORY_SAMPLES
    ? { intervalSeconds, samples }
    : undefined;
}

const isValid = ({ timestamp, values }: HistorySample): boolean =>
  timestamp <= MAX_EPOCH_SECONDS && values.every((value) => value >= 0 && value <= MAX_HISTORY_VALUE);

/** @returns undefined when a character is no digit, or the last integer is not complete */
function decodeIntegers(text: string): number[] | undefined {
  const integers: number[] = [];
  let [value, weight] = [0, 1];
  for (let index = VERSION.length; index < text.length; index++) {
    const digit = DIGIT_VALUES[text.charCodeAt(index)];
    if (digit === undefined) return undefined;
    value += (digit % BASE) * weight;
    weight *= BASE;
    if (digit >= BASE) continue;
    integers.push(value);
    [value, weight] = [0, 1];
  }
  return weight === 1 ? integers : undefined;
}
