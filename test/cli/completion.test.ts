import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { runCli } from "./cliProcess.js";

/** What bash offers after some words, of which the last one is being typed. */
async function offered(...words: string[]): Promise<string[]> {
  const { stdout: script } = await runCli(["completion", "bash"]);
  const line = ["ewms", ...words].map((word) => `'${word}'`).join(" ");
  const ask = `${script}\nCOMP_WORDS=(${line}); COMP_CWORD=${words.length}; _ewms; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await promisify(execFile)("bash", ["-c", ask]);
  return stdout.trim().split("\n");
}

describe("bash completes", () => {
  test("commands", async () => {
    expect(await offered("w")).toEqual(["watch", "why"]);
    expect(await offered("")).toContain("add-workers");
  });

  test("options and choices", async () => {
    expect(await offered("query", "t")).toEqual(["task-directives", "taskforces"]);
    expect(await offered("query", "taskforces", "--f")).toEqual(["--filter", "--fields"]);
    expect(await offered("ls", "--u")).toEqual(["--url"]);
  });

  test("files where one is wanted", async () => {
    expect(await offered("submit", "examples/wor")).toEqual(["examples/workflow.json"]);
  });
});

test.each([
  ["zsh", /^#compdef ewms$/m, /'submit:ask for a workflow/],
  ["fish", /^complete -c ewms -f$/m, /-a submit -d 'ask for a workflow/],
])("there is a completion for %s, with all commands", async (shell, head, command) => {
  const { stdout, code } = await runCli(["completion", shell]);
  expect(stdout).toMatch(head);
  expect(stdout).toMatch(command);
  for (const name of ["watch", "ls", "query", "drain", "finish"]) expect(stdout).toContain(name);
  expect(code).toBe(0);
});
