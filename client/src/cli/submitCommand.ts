import type { Command } from "commander";
import { answerOf } from "../unwrapResponse.js";
import { Refusal } from "../clientErrors.js";
import { follow } from "./watchProgress.js";
import { readRequest } from "./requestFile.js";
import { clientOf } from "./commandClient.js";
import { counted, print } from "./terminal.js";

/** Makes the command `submit`. */
export function addSubmit(program: Command): void {
  program
    .command("submit")
    .description("ask for a workflow, described by a JSON or YAML file that is checked first")
    .argument("<file>", "the body of POST /v1/workflows; - reads it from stdin")
    .option("-w, --watch", "watch it until it has ended")
    .option("-q, --quiet", "print the workflow's id only")
    .addHelpText(
      "after",
      `
Examples:
  ewms submit workflow.yaml --watch
  WF=$(ewms submit --quiet workflow.json)`,
    )
    .action(async (file: string, { watch, quiet }: { watch?: true; quiet?: true }, command: Command) => {
      const { request, locate } = await readRequest(file);
      const client = clientOf(command);
      const { workflow, task_directives, taskforces } = await answerOf(
        client.POST("/v1/workflows", { body: request }),
      ).catch((error: unknown) => {
        throw error instanceof Refusal ? new Refusal(error.status, locate(error.message)) : error;
      });
      const { workflow_id } = workflow;
      const made = `${counted(task_directives.length, "task")}, ${counted(taskforces.length, "taskforce")}`;
      await print(quiet ? workflow_id : `${workflow_id} is created: ${made}`);
      if (watch) process.exitCode = await follow(client, workflow_id);
    });
}
