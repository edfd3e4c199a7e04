import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { findSchema } from "../src/domain/requestSchemas.js";
import { WmsError } from "../src/domain/wmsError.js";
import { type EntityKind, ID_FIELD, INDEXED_FIELDS } from "../src/store/keys.js";
import { decodeCursor } from "../src/views/query/cursor.js";
import { LOGICAL_OPERATORS } from "../src/views/query/filterShape.js";
import { FIELD_OPERATORS } from "../src/views/query/operandChecks.js";
import { compileProjection } from "../src/views/query/projection.js";
import { compileFilter } from "./views/query/compileFilter.js";

const PAGES = [
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  ...readdirSync("docs")
    .filter((file) => file.endsWith(".md"))
    .map((file) => join("docs", file)),
];
const FENCE = /^```.*?^```$/gms;

const read = (page: string): string => readFileSync(page, "utf8");
const proseOf = (page: string): string => read(page).replace(FENCE, "");

/** The anchors of a page's headings, as GitHub makes them. */
const anchorsOf = (page: string): string[] =>
  [...proseOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, "")
      .replaceAll(" ", "-"),
  );

/** Relative links, as page and target. */
const LINKS = PAGES.flatMap((page) =>
  [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]): [page: string, target: string] => [page, target])
    .filter(([, target]) => !/^[a-z]+:/.test(target)),
);

test("there are links to follow", () => {
  expect(LINKS.length).toBeGreaterThan(10);
});

test.each(LINKS)("%s: the link to %s leads somewhere", (page, target) => {
  const [path = "", anchor] = target.split("#");
  const file = path === "" ? page : join(dirname(page), path);
  expect(existsSync(file), `${file} exists`).toBe(true);
  if (anchor !== undefined) expect(anchorsOf(file)).toContain(anchor);
});

describe("docs/query-filters.md", () => {
  const page = read("docs/query-filters.md");
  const prose = proseOf("docs/query-filters.md");
  const sectionOf = (heading: string): string => {
    const [, section] = prose.split(`## ${heading}\n`);
    return section?.split("\n## ", 1)[0] ?? "";
  };
  /** The code spans in each cell of a section's tables, row by row. */
  const rowsOf = (heading: string): string[][][] =>
    [...sectionOf(heading).matchAll(/^\| (.+) \|$/gm)].map(([, row = ""]) =>
      row.split(" | ").map((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, span = ""]) => span)),
    );

  const operatorRows = rowsOf("Operators").filter(([names]) => names?.length);

  test("every operator has a row in the table, and every row is about an operator", () => {
    const known = [...FIELD_OPERATORS, ...LOGICAL_OPERATORS, "$comment"];
    expect(operatorRows.flatMap(([names]) => names).sort()).toEqual(known.sort());
  });

  test.each(operatorRows.map(([names, examples]) => [names?.[0], examples?.[0]]))(
    "the example of %s holds it: %s",
    (operator, example) => {
      expect(example).toContain(`"${operator}": `);
    },
  );

  const filters = [...prose.matchAll(/`(\{[^`]+\})`/g)].map(([, filter = ""]) => filter);

  test.each(filters)("%s is a filter", (filter) => {
    expect(() => compileFilter(JSON.parse(filter))({})).not.toThrow();
  });

  test("each index is listed", () => {
    const listed = rowsOf("What is fast").flatMap(([, fields]) => (fields?.length ? [fields] : []));
    const kinds: EntityKind[] = ["workflow", "task", "taskforce"];
    expect(listed).toEqual(kinds.map((kind) => [ID_FIELD[kind], ...INDEXED_FIELDS[kind]]));
  });

  const examples = [...page.matchAll(/^\$ curl -s \$W\/query\/taskforces -d '(.+)'.*\n(.+)$/gm)].map(
    ([, body = "", answer = ""]): [body: string, answer: string] => [body, answer],
  );

  test("every example of curl is checked", () => {
    expect(examples.length).toBe(page.match(/^\$ curl /gm)?.length);
  });

  test.each(examples)("the request %s is accepted or refused as shown", (body, answer) => {
    const { query, projection, after } = findSchema.parse(JSON.parse(body));
    let refusal: string | undefined;
    try {
      compileFilter(query);
      if (projection !== undefined) compileProjection(projection);
      if (after !== undefined) decodeCursor("taskforce", after);
    } catch (error) {
      if (!(error instanceof WmsError)) throw error;
      refusal = error.message;
    }
    const shown = answer.startsWith('{"code":') ? (JSON.parse(answer) as { error: string }).error : undefined;
    expect(refusal).toBe(shown);
  });
});
