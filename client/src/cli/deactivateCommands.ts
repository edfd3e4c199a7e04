import { createInterface } from "node:readline/promises";
import type { Command } from "commander";
import { unwrapResponse } from "../unwrapResponse.js";
import { idParser } from "./argumentParsers.js";
import { createCommandClient } from "./commandClient.js";
import { CommandError, EXIT_CODE, usageError } from "./exitCodes.js";
import { countText, printLine } from "./terminal.js";

/** Makes the commands `abort` and `finish`. */
export function addDeactivateCommands(program: Command): void {
  addDeactivateCommand(
    program,
    "abort",
    "abort",
    "aborted",
    "end a workflow that shall not go on, and stop what runs of it",
  );
  addDeactivateCommand(
    program,
    "finish",
    "finished",
    "finished",
    "end a workflow that has done its work, and stop what runs of it",
  );
}

function addDeactivateCommand(
  program: Command,
  name: "abort" | "finish",
  action: "abort" | "finished",
  pastParticiple: string,
  description: string,
): void {
  program
    .command(name)
    .description(description)
    .argument("<workflow>", "WF-…", idParser("workflow"))
    .option("-y, --yes", "don't ask first")
    .addHelpText(
      "after",
      `
Examples:
  ewms ${name} WF-6b055875-627b889b
  ewms ${name} WF-6b055875-627b889b --yes`,
    )
    .action(async (workflow_id: string, { yes }: { yes?: true }, command: Command) => {
      const client = createCommandClient(command);
      const path = { workflow_id };
      if (!yes) {
        await unwrapResponse(client.GET("/v1/workflows/{workflow_id}", { params: { path } }));
        await requireConfirmation(`${name === "abort" ? "Abort" : "Finish"} ${workflow_id}? Its workers are stopped`);
      }
      const { n_taskforces } = await unwrapResponse(
        client.POST(`/v1/workflows/{workflow_id}/actions/${action}`, { params: { path } }),
      );
      await printLine(`${workflow_id} is ${pastParticiple}, ${countText(n_taskforces, "taskforce")} to be stopped`);
    });
}

/** Asks the person at the terminal. @throws CommandError when there is none, or the answer is no */
async function requireConfirmation(question: string): Promise<void> {
  if (!process.stdin.isTTY || !process.stderr.isTTY)
    throw usageError("there is nobody to ask whether this is meant: say so with --yes");
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await prompt.question(`${question} [y/N] `);
    if (!/^y(es)?$/i.test(answer.trim())) throw new CommandError(EXIT_CODE.failure, "nothing was done");
  } catch (error) {
    if ((error as Error).name === "AbortError") throw new CommandError(EXIT_CODE.interrupted, "nothing was done");
    throw error;
  } finally {
    prompt.close();
  }
}
