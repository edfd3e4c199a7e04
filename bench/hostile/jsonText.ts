/** A JSON array. @param entry the text of each entry */
export const arrayText = (length: number, entry: (index: number) => string | number): string =>
  `[${Array.from({ length }, (_, index) => entry(index)).join(",")}]`;

/** A JSON object. @param member the value of each key */
export const objectText = (
  length: number,
  key: (index: number) => string,
  value: (index: number) => string | number,
): string => `{${Array.from({ length }, (_, index) => `${JSON.stringify(key(index))}:${value(index)}`).join(",")}}`;

/** A JSON object with the keys `k0`, `k1`, … */
export const manyKeysText = (length: number): string =>
  objectText(
    length,
    (index) => `k${index}`,
    (index) => index,
  );

/** A JSON string. */
export const longString = (length: number, character = "x"): string => `"${character.repeat(length)}"`;

/** JSON text below nested brackets. */
export const nestedText = (levels: number, open: string, inner: string, close: string): string =>
  open.repeat(levels) + inner + close.repeat(levels);

const MIB = 1024 * 1024;

/** The largest body of a route other than queries, and of a query, in bytes. */
export const LARGEST = { body: 32 * MIB, query: 4 * MIB } as const;
