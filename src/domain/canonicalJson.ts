import { createHash, type Hash } from "node:crypto";
import { batchesOf } from "./batchesOf.js";
import type { createYielder } from "./time.js";

type Pause = ReturnType<typeof createYielder>;

/** Serializes a value to JSON with sorted keys, so that equal values give equal texts. */
export function canonicalJson(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join()}]`;
  const members = sortedMembers(value).map(([keyJson, member]) => `${keyJson}:${canonicalJson(member)}`);
  return `{${members.join()}}`;
}

/** A value of this many parts is serialized in one go. Long strings count as several parts. */
const SYNC_PARTS = 2000;
const PART_CHARS = 64;
/** Strings of this length are serialized in pieces. */
const STRING_PIECE_CHARS = 16 * 1024;
/** Text of this size is hashed in one go. */
const HASHED_CHARS = 64 * 1024;

/**
 * The canonical JSON of a small value, and for a larger one its digest, so that equal values give equal texts. Yields to
 * other work.
 */
export async function canonicalKey(value: unknown, pause: Pause): Promise<string> {
  if (partsLeft(value, SYNC_PARTS) > 0) return canonicalJson(value);
  return `sha256 ${await canonicalDigest(value, pause)}`;
}

/** The hexadecimal SHA-256 digest of a value's canonical JSON. Yields to other work. @see canonicalJson */
export async function canonicalDigest(value: unknown, pause: Pause): Promise<string> {
  const digest = new TextDigest();
  await writeInSlices(value, digest, pause);
  return digest.end();
}

async function writeInSlices(value: unknown, out: TextDigest, pause: Pause): Promise<void> {
  const wait = pause();
  if (wait !== undefined) await wait;
  if (partsLeft(value, SYNC_PARTS) > 0) out.write(canonicalJson(value));
  else if (typeof value === "string") await writeLongString(value, out, pause);
  else if (Array.isArray(value)) {
    out.write("[");
    await writeMembers(arrayMembers(value), out, pause);
    out.write("]");
  } else {
    out.write("{");
    await writeMembers(await sortedMembersInSlices(value as Record<string, unknown>, pause), out, pause);
    out.write("}");
  }
}

async function writeMembers(members: Iterable<[prefix: string, member: unknown]>, out: TextDigest, pause: Pause) {
  let separator = "";
  for (const [prefix, member] of members) {
    out.write(separator + prefix);
    separator = ",";
    // An await for each short scalar would cost more than its text.
    const isShort = typeof member === "string" ? member.length < STRING_PIECE_CHARS : typeof member !== "object";
    if (!isShort && member !== null) await writeInSlices(member, out, pause);
    else {
      out.write(JSON.stringify(member));
      const due = pause();
      if (due !== undefined) await due;
    }
  }
}

async function writeLongString(text: string, out: TextDigest, pause: Pause): Promise<void> {
  out.write('"');
  for (let start = 0; start < text.length; ) {
    let end = Math.min(text.length, start + STRING_PIECE_CHARS);
    // JSON.stringify would write the halves of a surrogate pair as escapes.
    if (/[\ud800-\udbff]/.test(text.charAt(end - 1)) && end < text.length) end++;
    out.write(JSON.stringify(text.slice(start, end)).slice(1, -1));
    start = end;
    const due = pause();
    if (due !== undefined) await due;
  }
  out.write('"');
}

/** Sorts the members of a large object: runs of some size first, then merges of two runs. */
async function sortedMembersInSlices(
  object: Record<string, unknown>,
  pause: Pause,
): Promise<Iterable<[prefix: string, member: unknown]>> {
  const keys = Object.keys(object);
  let runs: [keyJson: string, key: string][][] = [];
  for (const batch of batchesOf(keys, SYNC_PARTS)) {
    runs.push(batch.map((key): [string, string] => [JSON.stringify(key), key]).sort(byKeyJson));
    await pause();
  }
  while (runs.length > 1) {
    const merged: typeof runs = [];
    for (const [one = [], other = []] of batchesOf(runs, 2)) merged.push(await mergeInSlices(one, other, pause));
    runs = merged;
  }
  return prefixedMembers(object, runs[0] ?? []);
}

async function mergeInSlices<T extends [keyJson: string, ...rest: unknown[]]>(
  one: readonly T[],
  other: readonly T[],
  pause: Pause,
): Promise<T[]> {
  const merged: T[] = [];
  let ofOne = 0;
  let ofOther = 0;
  while (ofOne < one.length || ofOther < other.length) {
    const [first, second] = [one[ofOne], other[ofOther]];
    if (first !== undefined && (second === undefined || first[0] < second[0])) {
      merged.push(first);
      ofOne++;
    } else if (second !== undefined) {
      merged.push(second);
      ofOther++;
    }
    const due = pause();
    if (due !== undefined) await due;
  }
  return merged;
}

function* prefixedMembers(
  object: Record<string, unknown>,
  keys: readonly [keyJson: string, key: string][],
): Generator<[prefix: string, member: unknown]> {
  for (const [keyJson, key] of keys) yield [`${keyJson}:`, object[key]];
}

/** Lazy, because an array may have a million members. */
function* arrayMembers(array: readonly unknown[]): Generator<[prefix: string, member: unknown]> {
  for (const member of array) yield ["", member];
}

const sortedMembers = (object: object): [keyJson: string, member: unknown][] =>
  Object.entries(object)
    .map(([key, member]): [string, unknown] => [JSON.stringify(key), member])
    .sort(byKeyJson);

const byKeyJson = ([one]: [string, ...unknown[]], [other]: [string, ...unknown[]]): number => (one < other ? -1 : 1);

/** Objects that are known to have too many parts: to look again would collect all their keys again. */
const largeObjects = new WeakSet<object>();

/** How many of some parts a value leaves over; 0 or less as soon as it has used them up. */
function partsLeft(value: unknown, parts: number): number {
  if (typeof value === "string") return parts - 1 - value.length / PART_CHARS;
  if (typeof value !== "object" || value === null) return parts - 1;
  if ((Array.isArray(value) && value.length >= parts) || largeObjects.has(value)) return 0;
  let left = parts - 1;
  for (const key in value) {
    left = partsLeft((value as Record<string, unknown>)[key], left);
    if (left <= 0) break;
  }
  if (left <= 0 && parts === SYNC_PARTS) largeObjects.add(value);
  return left;
}

/** Hashes text in pieces of some size: an update for each number would cost more than the digest. */
class TextDigest {
  readonly #hash: Hash = createHash("sha256");
  #text = "";

  write(text: string): void {
    this.#text += text;
    if (this.#text.length >= HASHED_CHARS) this.#flush();
  }

  end(): string {
    this.#flush();
    return this.#hash.digest("hex");
  }

  #flush(): void {
    this.#hash.update(this.#text);
    this.#text = "";
  }
}
