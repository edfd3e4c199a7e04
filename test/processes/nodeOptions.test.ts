import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";

const read = (file: string): string => readFileSync(file, "utf8");

/** The options of Node in each command `node <options> dist/<program>.js` of a file. */
const nodeOptionsIn = (text: string): string[] =>
  [...text.matchAll(/\bnode (.*?) dist\/(?:main|web|worker)\.js/g)].map(([, options = ""]) => options);

/** The options of Node in the entry point of the image, to which each `CMD` adds a program. */
const entryPoint = (): string[] =>
  JSON.parse(/^ENTRYPOINT (\[.*\])$/m.exec(read("Dockerfile"))?.[1] ?? "[]") as string[];

test("the image, its commands, the Procfile, the units and npm's scripts start each program with the same options of Node", () => {
  const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
  const [expected, ...others] = ["start", "start:web", "start:worker"].flatMap((name) =>
    nodeOptionsIn(scripts[name] ?? ""),
  );
  expect(expected).toMatch(/^--enable-source-maps --expose-gc --max-semi-space-size=\d+ --heap-growing-percent=\d+$/);
  expect(others).toEqual([expected, expected]);
  expect(nodeOptionsIn(read("Procfile"))).toEqual([expected, expected]);
  for (const program of ["web", "worker"])
    expect(nodeOptionsIn(read(`ops/systemd/ewms-wms-${program}@.service`))).toEqual([expected]);
  expect(entryPoint()).toEqual(["docker-entrypoint.sh", "node", ...(expected ?? "").split(" ")]);
  expect(read("Dockerfile")).toMatch(/^CMD \["dist\/web\.js"\]$/m);
  const { services } = parse(read("docker-compose.yml")) as { services: Record<string, { command?: string[] }> };
  expect(services["web"]?.command).toBeUndefined();
  expect(services["worker"]?.command).toEqual(["dist/worker.js"]);
});
