import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import { workflowRequestJson } from "../processes/serviceProcess.js";
import { startTestService } from "../setup/testService.js";
import { CLI_PATH } from "./cliProcess.js";
import { runCli } from "./runCli.js";

/** The completions of bash. @param words of the command line; the last one is incomplete */
const completionsOf = (...words: string[]): Promise<string[]> => completionsIn("", ...words);

/** The same in a shell that has run other commands before. */
async function completionsIn(commands: string, ...words: string[]): Promise<string[]> {
  const { stdout: script } = await runCli(["completion", "bash"]);
  const line = ["ewms", ...words].map((word) => `'${word}'`).join(" ");
  const command = `${commands}\n${script}\nCOMP_WORDS=(${line}); COMP_CWORD=${words.length}; _ewms; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await promisify(execFile)("bash", ["-c", command]);
  return stdout.trim().split("\n");
}

/** A shell in which `ewms` is the built package. */
const shellAt = (url: string): string => `export EWMS_URL='${url}'; ewms() { node '${CLI_PATH}' "$@"; }`;

/** Creates a workflow with two labels. @returns its id */
async function submitTo(url: string): Promise<string> {
  const input = workflowRequestJson({ cluster_locations: ["osg"] });
  const args = ["submit", "--quiet", "-", "--label", "season=IC86", "--label", "mc"];
  return (await runCli(args, { env: { EWMS_URL: url }, input })).stdout.trim();
}

test("the values are the 20 newest ids, keys of labels, locations and schedds; nothing after an error", async () => {
  const service = await startTestService({ CLUSTER_LOCATIONS: JSON.stringify({ osg: { schedd: "grid" } }) });
  onTestFinished(() => service.close());
  const ids: string[] = [];
  for (let n = 0; n < 22; n++) ids.push(await submitTo(service.url));
  const valuesOf = async (kind: string, url = service.url) => {
    const { stdout, stderr } = await runCli(["--patience", "0", "completion-values", kind], { env: { EWMS_URL: url } });
    expect(stderr).toBe("");
    return stdout.trim().split("\n");
  };
  expect(await valuesOf("ids")).toEqual(ids.slice(-20).toReversed());
  expect(await valuesOf("labels")).toEqual(["mc=", "season="]);
  expect(await valuesOf("locations")).toEqual(["osg"]);
  expect(await valuesOf("schedds")).toEqual(["grid"]);
  expect(await valuesOf("ids", "http://127.0.0.1:9")).toEqual([""]);
});

describe("bash completes", () => {
  test("locations, but none that a shell would execute", async () => {
    const unsafe = { "$(echo osg-executed)": { schedd: "a" }, "osg *": { schedd: "b" } };
    const clusters = { osg: { schedd: "grid" }, "osg-2": { alias_of: "osg" }, other: { schedd: "c" }, ...unsafe };
    const service = await startTestService({ CLUSTER_LOCATIONS: JSON.stringify(clusters) });
    onTestFinished(() => service.close());
    for (const option of ["--location", "-l"])
      expect(await completionsIn(shellAt(service.url), "add-workers", option, "o")).toEqual(["osg", "osg-2", "other"]);
    expect(await completionsIn(shellAt(service.url), "add-workers", "--l")).toEqual(["--location"]);
  });

  test("values of the service, also after --url", async () => {
    const service = await startTestService({ CLUSTER_LOCATIONS: JSON.stringify({ osg: { schedd: "grid" } }) });
    onTestFinished(() => service.close());
    const id = await submitTo(service.url);
    expect(await completionsIn(shellAt(service.url), "ls", "--label", "s")).toEqual(["season="]);
    const elsewhere = shellAt("http://127.0.0.1:9");
    expect(await completionsIn(elsewhere, "ls", "--url", service.url, "--schedd", "")).toEqual(["grid"]);
    expect(await completionsOf("--url", service.url, "wa")).toEqual(["watch"]);
    // As bash itself does it: a colon separates words.
    const line = `ewms --url ${service.url} why W`;
    const pieces = `COMP_LINE='${line}'; COMP_POINT=${line.length}`;
    expect(await completionsIn(`${elsewhere}; ${pieces}`, "--url", "http", ":", "//x", "why", "W")).toEqual([id]);
  });

  test("no locations while the service is unreachable", async () => {
    expect(await completionsIn(shellAt("http://127.0.0.1:9"), "add-workers", "--location", "")).toEqual([""]);
  });

  test("commands", async () => {
    expect(await completionsOf("w")).toEqual(["watch", "why", "webhooks"]);
    expect(await completionsOf("")).toContain("add-workers");
    expect(await completionsOf("s")).toEqual(["submit", "show", "schedds", "system"]);
    expect(await completionsOf("d"), "no hidden command").toEqual([""]);
  });

  test("options and choices", async () => {
    expect(await completionsOf("query", "t")).toEqual(["task-directives", "taskforces"]);
    expect(await completionsOf("query", "taskforces", "--f")).toEqual(["--filter", "--fields"]);
    expect(await completionsOf("ls", "--ur")).toEqual(["--url"]);
    expect(await completionsOf("ls", "--sort", "w")).toEqual(["workers"]);
    expect(await completionsOf("ls", "--state", "")).toContain("needs-attention");
    expect(await completionsOf("locations", "--n"), "no hidden option").toEqual([""]);
  });

  test("files for a file argument", async () => {
    expect(await completionsOf("submit", "examples/wor")).toEqual(["examples/workflow.json"]);
  });
});

test.each([
  ["zsh", /^#compdef ewms$/m, /'submit:validate a JSON/],
  ["fish", /^complete -c ewms -f$/m, /-a submit -d 'validate a JSON/],
])("the completion script of %s has all commands", async (shell, head, command) => {
  const { stdout, code } = await runCli(["completion", shell]);
  expect(stdout).toMatch(head);
  expect(stdout).toMatch(command);
  for (const name of ["watch", "ls", "query", "schedds", "locations", "system", "finish"])
    expect(stdout).toContain(name);
  for (const kind of ["ids", "labels", "locations", "schedds"]) expect(stdout).toContain(`ewms_values ${kind}`);
  expect(stdout).not.toContain("drain");
  expect(code).toBe(0);
});
