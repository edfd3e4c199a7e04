import { createInterface } from "node:readline/promises";
import type { Command } from "commander";
import { answerOf } from "../unwrapResponse.js";
import { idOf } from "./argumentParsers.js";
import { CommandError, EXIT, usageError } from "./exitCodes.js";
import { clientOf } from "./commandClient.js";
import { counted, print } from "./terminal.js";

/** Makes the commands `abort` and `finish`. */
export function addDeactivations(program: Command): void {
  add(program, "abort", "abort", "aborted", "end a workflow that shall not go on, and stop what runs of it");
  add(
    program,
    "finish",
    "finished",
    "finished",
    "end a workflow that has done its work, and stop what runs of it",
  );
}

function add(
  program: Command,
  name: "abort" | "finish",
  action: "abort" | "finished",
  past: string,
  description: string,
): void {
  program
    .command(name)
    .description(description)
    .argument("<workflow>", "WF-…", idOf("workflow"))
    .option("-y, --yes", "don't ask first")
    .addHelpText(
      "after",
      `
Examples:
  ewms ${name} WF-6b055875-627b889b
  ewms ${name} WF-6b055875-627b889b --yes`,
    )
    .action(async (workflow_id: string, { yes }: { yes?: true }, command: Command) => {
      const client = clientOf(command);
      const path = { workflow_id };
      if (!yes) {
        await answerOf(client.GET("/v1/workflows/{workflow_id}", { params: { path } }));
        await confirm(`${name === "abort" ? "Abort" : "Finish"} ${workflow_id}? Its workers are stopped`);
      }
      const { n_taskforces } = await answerOf(
        client.POST(`/v1/workflows/{workflow_id}/actions/${action}`, { params: { path } }),
      );
      await print(`${workflow_id} is ${past}, ${counted(n_taskforces, "taskforce")} to be stopped`);
    });
}

/** Asks the person at the terminal. @throws CommandError when there is none, or the answer is no */
async function confirm(question: string): Promise<void> {
  if (!process.stdin.isTTY || !process.stderr.isTTY)
    throw usageError("there is nobody to ask whether this is meant: say so with --yes");
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await asking.question(`${question} [y/N] `);
    if (!/^y(es)?$/i.test(answer.trim())) throw new CommandError(EXIT.failure, "nothing was done");
  } catch (error) {
    if ((error as Error).name === "AbortError") throw new CommandError(EXIT.interrupted, "nothing was done");
    throw error;
  } finally {
    asking.close();
  }
}
