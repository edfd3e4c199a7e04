import { createInterface } from "node:readline/promises";
import type { Command } from "commander";
import { formatCount } from "../format.js";
import { unwrapResponse } from "../unwrapResponse.js";
import { idParser } from "./argumentParsers.js";
import { createCommandClient } from "./commandClient.js";
import { CommandError, EXIT_CODE, usageError } from "./exitCodes.js";
import { formatExamples, type Terminal } from "./terminal.js";

/** Adds the commands `abort` and `finish`. */
export function addDeactivateCommands(program: Command, terminal: Terminal): void {
  addDeactivateCommand(program, terminal, "abort", "abort", "abort a workflow and stop its workers");
  addDeactivateCommand(program, terminal, "finish", "finished", "mark a workflow as finished and stop its workers");
}

function addDeactivateCommand(
  program: Command,
  terminal: Terminal,
  name: "abort" | "finish",
  action: "abort" | "finished",
  description: string,
): void {
  program
    .command(name)
    .description(description)
    .argument("<workflow>", "WF-…", idParser("workflow"))
    .option("-y, --yes", "skip the confirmation")
    .addHelpText(
      "after",
      formatExamples(`ewms ${name} WF-6b055875-627b889b`, `ewms ${name} WF-6b055875-627b889b --yes`),
    )
    .action(async (workflow_id: string, { yes }: { yes?: true }, command: Command) => {
      const client = createCommandClient(command, terminal);
      const path = { workflow_id };
      if (!yes) {
        await unwrapResponse(client.GET("/v1/workflows/{workflow_id}", { params: { path } }));
        await requireConfirmation(
          terminal,
          `${name === "abort" ? "Abort" : "Finish"} ${workflow_id} and stop its workers?`,
        );
      }
      const { n_taskforces } = await unwrapResponse(
        client.POST(`/v1/workflows/{workflow_id}/actions/${action}`, { params: { path } }),
      );
      const state = name === "abort" ? "aborted" : "finished";
      await terminal.print(`${workflow_id} is ${state}, ${formatCount(n_taskforces, "taskforce")} to be stopped`);
    });
}

/** Asks the user. @throws CommandError without a terminal, or if the answer is no */
async function requireConfirmation({ io: { stdin, stderr } }: Terminal, question: string): Promise<void> {
  if (!stdin.isTTY || !stderr.isTTY) throw usageError("cannot ask for a confirmation without a terminal: add --yes");
  const prompt = createInterface({ input: stdin, output: stderr });
  try {
    const answer = await prompt.question(`${question} [y/N] `);
    if (!/^y(es)?$/i.test(answer.trim())) throw new CommandError(EXIT_CODE.failure, "nothing has changed");
  } catch (error) {
    if ((error as Error).name === "AbortError") throw new CommandError(EXIT_CODE.interrupted, "nothing has changed");
    throw error;
  } finally {
    prompt.close();
  }
}
