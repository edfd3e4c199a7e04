import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseRequestFile } from "../../client/src/cli/requestFile.js";

const EXAMPLE = readFileSync("examples/workflow.json", "utf8");
const example = () => JSON.parse(EXAMPLE);

/** The reported issues of a file, without the name of the file. */
function issuesOf(content: string): string[] {
  try {
    parseRequestFile("f", content);
  } catch (error) {
    return (error as Error).message.split("\n").map((line) => line.replace(/^f:/, ""));
  }
  return [];
}

const YAML = `# of a night
public_queue_aliases: [out]
tasks:
  - &reco
    cluster_locations: [osg]
    task_image: reco:v1
    task_args: "--all"
    input_queue_aliases: []
    output_queue_aliases: [out]
    pilot_config: {tag: v1.0.3, image_source: cvmfs, environment: {}, input_files: []}
    worker_config:
      do_transfer_worker_stdouterr: no
      max_worker_runtime: 60
      n_cores: 1
      priority: 1
      worker_disk: 1GB
      worker_memory: 1GB
      condor_requirements: ""
  - <<: *reco
    n_workers: many
`;

test("the example is valid", () => {
  expect(parseRequestFile("f", EXAMPLE).request).toEqual(example());
});

test("YAML can have anchors, and issues have the lines of the YAML file", () => {
  expect(issuesOf(YAML)).toEqual([
    "12: tasks[0].worker_config.do_transfer_worker_stdouterr: expected boolean, got string",
    "19: tasks[1].worker_config.do_transfer_worker_stdouterr: expected boolean, got string",
    "20: tasks[1].n_workers: expected integer or null, got string",
  ]);
  const repaired = YAML.replace(": no", ": false").replace("many", "3");
  expect(parseRequestFile("f", repaired).request.tasks.map(({ n_workers }) => n_workers)).toEqual([undefined, 3]);
});

describe("the line of", () => {
  type Request = ReturnType<typeof example>;

  test.each<[title: string, message: string, onLine: string, edit: (request: Request) => void]>([
    [
      "a missing field is that of its object",
      "tasks[0].worker_config.n_cores: missing field",
      '"worker_config": {',
      (request) => {
        delete request.tasks[0].worker_config.n_cores;
      },
    ],
    [
      "an unknown field is that of its name",
      "bogus: unknown field",
      '"bogus": {',
      (request) => {
        request.bogus = { deeper: 1 };
      },
    ],
    [
      "a field with special characters in its name",
      'tasks[0].task_env["a/b~c"]: expected string, got null',
      '"a/b~c": null',
      (request) => {
        request.tasks[0].task_env["a/b~c"] = null;
      },
    ],
    [
      "a fraction",
      "tasks[0].worker_config.n_cores: expected integer, got a fraction",
      '"n_cores": 1.5',
      (request) => {
        request.tasks[0].worker_config.n_cores = 1.5;
      },
    ],
    [
      "a value outside of an enumeration",
      'tasks[0].pilot_config.image_source: expected one of ["cvmfs","auto"]',
      '"docker"',
      (request) => {
        request.tasks[0].pilot_config.image_source = "docker";
      },
    ],
    [
      "an empty list",
      "tasks[0].cluster_locations: expected at least 1 entry",
      '"cluster_locations": []',
      (request) => {
        request.tasks[0].cluster_locations = [];
      },
    ],
    [
      "a duplicate",
      "public_queue_aliases: the same entry twice, at 0 and 1",
      '"public_queue_aliases": [',
      (request) => {
        request.public_queue_aliases = ["frames", "frames"];
      },
    ],
  ])("%s", (_, message, onLine, edit) => {
    const request = example();
    edit(request);
    const text = JSON.stringify(request, null, 2);
    const line = text.split("\n").findIndex((each) => each.includes(onLine)) + 1;
    expect(issuesOf(text)[0]?.replace(/\.$/, "")).toBe(`${line}: ${message}`);
  });

  test("a field that the service rejects", () => {
    const { withLocation } = parseRequestFile("f", EXAMPLE);
    const line = EXAMPLE.split("\n").findIndex((each) => each.includes('"SKYSCAN_PROGRESS_INTERVAL"')) + 1;
    const words = "tasks[0].task_env.SKYSCAN_PROGRESS_INTERVAL: not today";
    expect(withLocation(words)).toBe(`f:${line}: ${words}`);
    expect(withLocation("no such thing: osg")).toBe("no such thing: osg");
  });
});

test("only the first of many issues are reported", () => {
  const request = example();
  request.tasks[0].task_env = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`V${n}`, n]));
  const issues = issuesOf(JSON.stringify(request));
  expect(issues).toHaveLength(11);
  expect(issues.at(-1)).toBe("and 20 more");
});

test.each([
  ["", "1: the request: expected object, got null"],
  ["[]", "1: the request: expected object, got array"],
  ['{\n  "tasks": [\n', "3: neither JSON nor YAML: "],
  ["tasks:\n  - a: 1\n   b: 2\n", "3: neither JSON nor YAML: "],
])("%j is not a request", (content, message) => {
  expect(issuesOf(content)[0]).toContain(message);
});

test("a large request is validated within the time-out", () => {
  const request = example();
  request.tasks = Array.from({ length: 5000 }, (_, n) => ({ ...request.tasks[0], task_args: String(n) }));
  expect(issuesOf(JSON.stringify(request))).toEqual([]);
});
