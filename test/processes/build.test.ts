import { readdirSync, readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { join, resolve } from "node:path";
import { expect, inject, test } from "vitest";

const dist = join(inject("built"), "dist");
const programs = readdirSync(dist).filter((name) => name.endsWith(".js"));

test("a process needs one byte for each character of its programs", () => {
  expect(programs).toContain("web.js");
  expect(programs).toContain("worker.js");
  for (const name of programs) {
    const text = readFileSync(join(dist, name), "utf8");
    expect([...text.matchAll(/.*[^\0-\xff].*/g)].map(([line]) => `${name}: ${line}`)).toEqual([]);
  }
});

test("source maps lead from a build to the lines of src/", () => {
  const method = "async stopTaskforces(";
  const found = programs.flatMap((name) => {
    const lines = readFileSync(join(dist, name), "utf8").split("\n");
    return lines.flatMap((text, line) => (text.includes(method) ? [{ name, line, column: text.indexOf(method) }] : []));
  });
  expect(found).toHaveLength(1);
  for (const { name, line, column } of found) {
    const map = new SourceMap(JSON.parse(readFileSync(join(dist, `${name}.map`), "utf8")));
    const entry = map.findEntry(line, column);
    if (!("originalSource" in entry)) throw new Error(`nothing is mapped to ${name}, line ${line}`);
    expect(resolve(dist, entry.originalSource)).toMatch(/\/src\/store\/transitions\.ts$/);
    expect(readFileSync("src/store/transitions.ts", "utf8").split("\n")[entry.originalLine]).toContain(method);
  }
});
