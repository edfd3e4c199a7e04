import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { runCli } from "./runCli.js";

/** The completions of bash. @param words of the command line; the last one is incomplete */
async function completionsOf(...words: string[]): Promise<string[]> {
  const { stdout: script } = await runCli(["completion", "bash"]);
  const line = ["ewms", ...words].map((word) => `'${word}'`).join(" ");
  const command = `${script}\nCOMP_WORDS=(${line}); COMP_CWORD=${words.length}; _ewms; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await promisify(execFile)("bash", ["-c", command]);
  return stdout.trim().split("\n");
}

describe("bash completes", () => {
  test("commands", async () => {
    expect(await completionsOf("w")).toEqual(["watch", "why"]);
    expect(await completionsOf("")).toContain("add-workers");
  });

  test("options and choices", async () => {
    expect(await completionsOf("query", "t")).toEqual(["task-directives", "taskforces"]);
    expect(await completionsOf("query", "taskforces", "--f")).toEqual(["--filter", "--fields"]);
    expect(await completionsOf("ls", "--u")).toEqual(["--url"]);
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
  for (const name of ["watch", "ls", "query", "drain", "system", "finish"]) expect(stdout).toContain(name);
  expect(code).toBe(0);
});
