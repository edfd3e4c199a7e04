import type { Command } from "commander";
import { ApiError } from "../clientErrors.js";
import { unwrapResponse } from "../unwrapResponse.js";
import { createCommandClient } from "./commandClient.js";
import { readRequestFile } from "./requestFile.js";
import { countText, printLine } from "./terminal.js";
import { watchUntilEnded } from "./watchProgress.js";

/** Makes the command `submit`. */
export function addSubmitCommand(program: Command): void {
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
      const { request, withLocation } = await readRequestFile(file);
      const client = createCommandClient(command);
      const { workflow, task_directives, taskforces } = await unwrapResponse(
        client.POST("/v1/workflows", { body: request }),
      ).catch((error: unknown) => {
        throw error instanceof ApiError ? new ApiError(error.status, withLocation(error.message)) : error;
      });
      const { workflow_id } = workflow;
      const made = `${countText(task_directives.length, "task")}, ${countText(taskforces.length, "taskforce")}`;
      await printLine(quiet ? workflow_id : `${workflow_id} is created: ${made}`);
      if (watch) process.exitCode = await watchUntilEnded(client, workflow_id);
    });
}
