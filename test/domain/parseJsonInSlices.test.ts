import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NotUtf8Error, parseJsonInSlices } from "../../src/domain/parseJsonInSlices.js";
import { propertyRuns } from "../setup/propertyRuns.js";

const PIECE_SIZES = [1, 2, 7, 64];

/** The value, with the order of keys; or that it is refused. */
const outcomeOf = (value: unknown) => ({ json: JSON.stringify(value), value });
const parsed = (text: string) => {
  try {
    return outcomeOf(JSON.parse(text));
  } catch {
    return "refused";
  }
};
const parsedInSlices = (source: string | Uint8Array, pieceBytes: number) =>
  parseJsonInSlices(source, { pieceBytes }).then(outcomeOf, (error: Error) => {
    expect(error).toBeInstanceOf(SyntaxError);
    return "refused";
  });

async function expectSame(text: string): Promise<void> {
  for (const pieceBytes of PIECE_SIZES) {
    expect(await parsedInSlices(text, pieceBytes)).toEqual(parsed(text));
    expect(await parsedInSlices(Buffer.from(text), pieceBytes)).toEqual(parsed(text));
  }
}

describe("parses like JSON.parse at every size of pieces:", () => {
  it("any JSON, with and without blanks", async () => {
    await fc.assert(
      fc.asyncProperty(fc.json({ maxDepth: 6 }), fc.constantFrom(undefined, 1, "\t"), async (json, indent) => {
        await expectSame(JSON.stringify(JSON.parse(json), undefined, indent));
      }),
      { numRuns: propertyRuns(200) },
    );
  });

  it("any text made of parts of JSON, which is mostly refused", async () => {
    const parts = '[ ] { } , : "a" "b" "__proto__" 1 -2e3 null true "\\"" "\\\\" " \\u12 é " \n'.split(" ");
    const texts = fc.array(fc.constantFrom(...parts, " "), { maxLength: 14 }).map((chosen) => chosen.join(""));
    await fc.assert(fc.asyncProperty(texts, expectSame), { numRuns: propertyRuns(2000) });
  });

  it("JSON with one byte changed, left out or repeated", async () => {
    const changes = fc.tuple(
      fc.json({ maxDepth: 5 }),
      fc.nat(),
      fc.constantFrom("", ",", "]", "}", "[", "{", '"', "\\"),
    );
    await fc.assert(
      fc.asyncProperty(changes, async ([json, place, replacement]) => {
        const at = place % (json.length + 1);
        await expectSame(json.slice(0, at) + replacement + json.slice(at));
        await expectSame(json.slice(0, at) + replacement + json.slice(at + 1));
      }),
      { numRuns: propertyRuns(300) },
    );
  });

  it.each([
    [
      "keys that are special elsewhere",
      '{"__proto__":[1,{"__proto__":2,"a":3}],"constructor":{},"b":{"__proto__":{}}}',
    ],
    ["repeated keys", '{"a":1,"b":[1,2,3],"a":[4,5,6],"b":2,"c":{"d":1,"d":[1,2],"e":0}}'],
    ["keys that are numbers", '{"b":1,"2":[1,2],"1":{"x":[]},"a":[[],[]]}'],
    ["members after a comma at the end", "[1,2,3,4,]"],
    ["a key without a value", '{"a":[1,2,3],"b":}'],
    ["two values without a comma", "[[1,2,3][4,5,6],7,8]"],
    ["a value behind a long member", "[[1,2,3] 4,5,6]"],
    ["a number before a long member", '{"a":1[1,2,3],"b":2}'],
    ["a bracket of the other kind", '{"a":[1,2,3},"b":2]'],
    ["an end that is missing", '{"a":[1,2,3,{"b":[4,5'],
    ["a second text", "[1,2,3] [4]"],
    ["nothing", " \n"],
    ["a byte order mark in a string", '["\ufeffa","\ufeff",1,2]'],
  ])("%s", (_what, text) => expectSame(text));
});

it("ignores a byte order mark before bytes only", async () => {
  expect(await parseJsonInSlices(Buffer.from("\ufeff[1,2]"), { pieceBytes: 1 })).toEqual([1, 2]);
  await expect(parseJsonInSlices("\ufeff[1,2]", { pieceBytes: 1 })).rejects.toThrow(SyntaxError);
});

it("refuses strings that are not UTF-8, in any piece", async () => {
  for (const at of [2, 8, 10]) {
    const bytes = Buffer.from('["abc","defg",1,2]');
    bytes[at] = 0xe9;
    await expect(parseJsonInSlices(bytes, { pieceBytes: 4 })).rejects.toThrow(NotUtf8Error);
  }
});

it("names the place of a fault in large text", async () => {
  const text = `[${"1,".repeat(50_000)}x,${"1,".repeat(50_000)}1]`;
  await expect(parseJsonInSlices(text)).rejects.toThrow(/^Unexpected token 'x', .*, between bytes \d+ and \d+$/);
  await expect(parseJsonInSlices(text.slice(0, 90_000))).rejects.toThrow("Unexpected end of JSON input");
  await expect(parseJsonInSlices(`${text.slice(0, 90_000)}}`)).rejects.toThrow("Unexpected character at byte 90000");
});

describe("parses long strings in pieces:", () => {
  const characters = fc.constantFrom(
    "a",
    "é",
    "€",
    "😀",
    '\\"',
    "\\\\",
    "\\n",
    "\\u20ac",
    "\\ud83d\\ude00",
    "\\u005c",
    '"',
    "\\u12",
  );
  const stringsOf = (parts: fc.Arbitrary<string>) =>
    fc.array(parts, { maxLength: 40 }).map((chosen) => `"${chosen.join("")}"`);
  const strings = stringsOf(characters);
  // Node 24.21 (V8 13.6): once JSON.parse has seen the key "\\", it takes a key "\"" for it.
  const keys = stringsOf(characters.filter((part) => part !== '\\"'));
  const texts = fc
    .tuple(strings, strings, keys, fc.constantFrom("", " ", ",", "1", "[1]"))
    .chain(([one, other, key, between]) =>
      fc.constantFrom(
        `[${one}${between}]`,
        `{"k":${one}${between},${key}:[${other},${one}]}`,
        `{"a":{"b":[1,${one}]},"c":${other}}`,
        `${one}${between}`,
        `[${one}${between}${other}]`,
      ),
    );

  it("with characters and escapes of all kinds", async () => {
    await fc.assert(fc.asyncProperty(texts, expectSame), { numRuns: propertyRuns(1000) });
  });
});
