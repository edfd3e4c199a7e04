import { copyFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { CLIENT_PACKAGE } from "../cli/cliProcess.js";
import { temporaryFolder } from "../setup/temporaryFolder.js";
import { startTestService } from "../setup/testService.js";
import { waitUntil } from "../setup/waitFor.js";
import { BackgroundCommand, Shell } from "./shell.js";
import { type CommandStep, matchesOutput, parseBlocks } from "./tutorialPage.js";

/** Read-only commands, which the test repeats until their output matches: the test is faster than a reader. */
const READ_COMMANDS = /^(npx )?ewms (why|ls|show|schedds|query|get)\b/;

test("a shown line matches a printed line with other ids, times and numbers", () => {
  const shown = ["2026-11-24T17:26:40Z TF-6b05-aa.b on SCHEDD1: …", "…", "(for 4 min)"];
  expect(matchesOutput("2027-01-01T00:00:00Z TF-1234-ff.b on SCHEDD1: no space\n(for 3 s)\n", shown)).toBe(true);
  expect(matchesOutput("2027-01-01T00:00:00Z TF-1234-ff.b on SCHEDD1: no\nmore\n\n(for 3 s)\n", shown)).toBe(true);
  expect(matchesOutput("2027-01-01T00:00:00Z TF-1234-ff.b on SCHEDD2: no\n(for 3 s)\n", shown)).toBe(false);
  expect(matchesOutput("", [])).toBe(true);
  expect(matchesOutput("something", [])).toBe(false);
});

/** Runs a command. @returns its output */
async function runStep(shell: Shell, { command, output: shown }: CommandStep): Promise<string> {
  let output = await shell.run(command);
  if (READ_COMMANDS.test(command))
    await waitUntil(`${command} prints ${shown.join("\n")}, rather than ${output}`, async () => {
      if (matchesOutput(output, shown)) return true;
      output = await shell.run(command);
      return false;
    });
  return output;
}

test("docs/tutorial.md, command by command", { timeout: 240_000 }, async () => {
  const data = await temporaryFolder();
  const clean = { PATH: process.env["PATH"], HOME: data, npm_config_update_notifier: "false" };
  const terminals = new Map<string, BackgroundCommand>();
  const shell = new Shell(clean, ".");
  let url = "";
  let steps = 0;

  const printed = (step: CommandStep, output: string) =>
    expect(
      matchesOutput(output, step.output),
      `$ ${step.command}\n${output}\ninstead of\n${step.output.join("\n")}`,
    ).toBe(true);
  const follow = async (step: CommandStep) => {
    steps++;
    // The test's service has another port.
    const command = step.command.startsWith("export EWMS_URL=") ? `export EWMS_URL=${url}` : step.command;
    printed(step, await runStep(shell, { ...step, command }));
  };

  for (const block of parseBlocks("docs/tutorial.md")) {
    if (block.kind === "file") {
      writeFileSync(block.name, block.content);
      onTestFinished(() => rmSync(block.name));
    } else if (block.kind === "steps") for (const step of block.steps) await follow(step);
    else if (block.kind === "background") {
      const { terminal, step } = block;
      const env = {
        ...clean,
        EWMS_URL: url,
        WF: await shell.readVariable("WF"),
        REST_PORT: "0",
        DATA_DIR: data,
      };
      const started = new BackgroundCommand(step.command, env, ".");
      terminals.set(terminal, started);
      const isService = terminal === "service";
      // npm prints its command first.
      const output = () =>
        isService ? started.output.slice(Math.max(0, started.output.indexOf("WMS listens"))) : started.output;
      await waitUntil(
        `${step.command} prints ${step.output.join("\n")}`,
        () => matchesOutput(output(), step.output),
        60_000,
      );
      if (isService) url = /http:\S+/.exec(started.output)?.[0] ?? "";
    } else {
      const terminal = terminals.get(block.terminal);
      await terminal?.closed;
      expect(matchesOutput(terminal?.output ?? "", block.output), terminal?.output).toBe(true);
    }
  }
  expect(steps).toBeGreaterThan(12);
});

test("docs/client.md, command by command, where the package is installed", async () => {
  const service = await startTestService();
  onTestFinished(() => service.close());
  copyFileSync("examples/workflow.json", join(CLIENT_PACKAGE, "workflow.json"));
  const env = { PATH: process.env["PATH"], EWMS_URL: service.url, XDG_CACHE_HOME: await temporaryFolder() };
  const shell = new Shell(env, CLIENT_PACKAGE);
  await shell.run(`ewms() { node bin/ewms.js "$@"; }`);
  let steps = 0;
  for (const block of parseBlocks("docs/client.md"))
    if (block.kind === "file") writeFileSync(join(CLIENT_PACKAGE, block.name), block.content);
    else if (block.kind === "steps")
      for (const step of block.steps) {
        const printed = await runStep(shell, step);
        expect(matchesOutput(printed, step.output), `$ ${step.command}\n${printed}`).toBe(true);
        steps++;
      }
  expect(steps).toBeGreaterThan(7);
});
