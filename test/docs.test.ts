import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { findSchema } from "../src/domain/requestSchemas.js";
import { WmsError } from "../src/domain/wmsError.js";
import { ID_FIELD, INDEXED_FIELDS, STATE_INDEXES } from "../src/store/keys.js";
import { decodeCursor } from "../src/views/query/cursor.js";
import { LOGICAL_OPERATORS } from "../src/views/query/filterShape.js";
import { WorkMeter } from "../src/views/query/meter.js";
import { compileProjection } from "../src/views/query/projection.js";
import { FIELD_OPERATORS } from "../src/views/query/validateFilter.js";
import { compileFilter } from "./views/query/compileFilter.js";

const DOCS_PAGES = readdirSync("docs", { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".md"))
  .map((file) => join("docs", file));
const PAGES = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", ...DOCS_PAGES];
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

const MAX_COLUMNS = 120;

/** A table cell as it is shown: without the targets of its links. */
const cellText = (cell: string): string => cell.replace(/\]\([^)]*\)/g, "]").trim();

/**
 * The lines and table cells of a page that an author can shorten. Output and data in fences can't be wrapped, but commands can.
 * A table row can't be wrapped either, so each of its cells counts as a line.
 */
const wrappableLinesOf = (page: string): string[] => {
  let fence: string | undefined;
  return read(page)
    .split("\n")
    .flatMap((line) => {
      if (line.startsWith("```")) {
        fence = fence === undefined ? line : undefined;
        return [line];
      }
      if (fence !== undefined) return fence === "```sh" ? [line] : [];
      return line.startsWith("|") ? line.split(/(?<!\\)\|/).map(cellText) : [line];
    });
};

describe.each(PAGES)("the text of %s", (page) => {
  test(`has no line and no table cell over ${MAX_COLUMNS} columns`, () => {
    expect(wrappableLinesOf(page).filter((line) => [...line].length > MAX_COLUMNS)).toEqual([]);
  });
});

/** The longest that a page may be, in bytes. Of the runbooks, a reader needs the one to which the alert links. */
const SIZE_LIMITS = [
  ...DOCS_PAGES.filter((page) => page.startsWith("docs/operations/")).map((page): [string, number] => [
    page,
    (page.endsWith("/alerts.md") ? 16 : 12) * 1024,
  ]),
  ["docs/architecture.md", 20 * 1024] as [string, number],
];

test.each(SIZE_LIMITS)("%s has less than %i bytes", (page, limit) => {
  expect(Buffer.byteLength(read(page))).toBeLessThan(limit);
});

/** Words of this project's former vocabulary, and personifications that CONTRIBUTING.md rules out. */
const RETIRED_WORDS = [
  "admission",
  "anew",
  "bury|buries|buried",
  "doors?",
  "gatekeep\\w*",
  "giveBack",
  "greets?",
  "hears?|heard",
  "is away|are away",
  "make-believe",
  "mend(?:s|ed|ing)?",
  "nobody(?:'s)?",
  "revive[sd]?",
  "somebody(?:'s)?",
  "tells?|told",
  "whoever",
];
const RETIRED = new RegExp(`\\b(?:${RETIRED_WORDS.join("|")})\\b`, "gi");

/** The label of a link, which is about a person. */
const SWITCH_ACCOUNT_LABEL = "Sign in as somebody else";

/** Files with one of the extensions in the folders, generated ones excepted. */
const filesIn = (folders: string[], extensions: string[]): string[] =>
  folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => extensions.includes(extname(file)) && !file.endsWith(".d.ts"))
      .map((file) => join(folder, file)),
  );

/** Folders whose names, comments and strings are checked too. */
const CHECKED_SOURCE_FOLDERS = ["src", "page/src", "client/src", "test", "bench", "scripts", "ops", ".github"];
const CHECKED_FILES = [
  ...PAGES,
  // This file spells the words.
  ...filesIn(CHECKED_SOURCE_FOLDERS, [".ts", ".tsx", ".lua", ".mjs", ".yml"]).filter(
    (file) => file !== "test/docs.test.ts",
  ),
];

test.each(CHECKED_FILES)("%s uses none of the retired words", (file) => {
  const found = read(file)
    .replaceAll(SWITCH_ACCOUNT_LABEL, "")
    .split("\n")
    .flatMap((line, index) => (line.match(RETIRED) ?? []).map((word) => `${index + 1}: ${word}`));
  expect(found).toEqual([]);
});

/** Code spans of several plain words are log messages, or commands of the client. */
const LOG_MESSAGE = /`(?!ewms )([a-z][a-z']*-?[a-z]*(?:,? [a-z']+)+)`/g;
const QUOTED_MESSAGES = DOCS_PAGES.filter((page) => /operations.(?:alerts|secure|dashboard)\.md$/.test(page)).flatMap(
  (page) => [...read(page).matchAll(LOG_MESSAGE)].map(([, message = ""]): [string, string] => [page, message]),
);

test("there are log messages to look up", () => {
  expect(QUOTED_MESSAGES.length).toBeGreaterThan(5);
});

test.each(QUOTED_MESSAGES)("%s quotes a log message of the service: %s", (_, message) => {
  expect(filesIn(["src"], [".ts"]).some((file) => read(file).includes(message))).toBe(true);
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

  test.each([
    ["workflows", "workflow"],
    ["task directives", "task"],
    ["taskforces", "taskforce"],
  ] as const)("each index of %s is listed", (name, kind) => {
    const [byValue, byState] = [[ID_FIELD[kind], ...INDEXED_FIELDS[kind]], STATE_INDEXES[kind]];
    const cells = [byValue, byState].map((fields) => fields.map((field) => `\`${field}\``).join(", "));
    const row = ["", name, ...cells, ""].map((cell) => (cell === "" ? "" : ` ${cell} `)).join("|");
    expect(sectionOf("What is fast").split("\n")).toContain(row.replace("||", "| |"));
  });

  const examples = [
    ...page.matchAll(/^\$ curl -si? "?\$W\/query\/taskforces(?:\?order=newest")? -d '(.+)'.*\n(.+)$/gm),
  ].map(([, body = "", answer = ""]): [body: string, answer: string] => [body, answer]);

  test("every example of curl is checked", () => {
    expect(examples.length).toBe(page.match(/^\$ curl /gm)?.length);
  });

  test.each(examples)("the request %s is accepted or refused as shown", (body, answer) => {
    const { query, projection, after } = findSchema.parse(JSON.parse(body));
    let refusal: string | undefined;
    try {
      compileFilter(query);
      if (projection !== undefined) compileProjection(projection, new WorkMeter());
      if (after !== undefined) decodeCursor("taskforce", after);
    } catch (error) {
      if (!(error instanceof WmsError)) throw error;
      refusal = error.message;
    }
    const shown = answer.startsWith('{"code":') ? (JSON.parse(answer) as { error: string }).error : undefined;
    expect(refusal).toBe(shown);
  });
});
