import type { Command } from "commander";
import { unwrapResponse } from "../unwrapResponse.js";
import { idParser, parsePositiveInteger } from "./argumentParsers.js";
import { createCommandClient } from "./commandClient.js";
import { countText, printLine } from "./terminal.js";

/** Makes the command `add-workers`. */
export function addAddWorkersCommand(program: Command): void {
  program
    .command("add-workers")
    .description("give a task one more taskforce, which overtakes whatever waits")
    .argument("<task>", "TK-…; ewms ids lists them", idParser("task directive"))
    .requiredOption("-l, --location <name>", "the cluster location that it runs at")
    .option("-n, --workers <number>", "how many workers", parsePositiveInteger, 1)
    .addHelpText(
      "after",
      `
Examples:
  ewms add-workers TK-6b055875-627b889b-7d647883 --location osg --workers 100`,
    )
    .action(async (task_id: string, options: { location: string; workers: number }, command: Command) => {
      const { location: cluster_location, workers: n_workers } = options;
      const { taskforce_uuid, schedd } = await unwrapResponse(
        createCommandClient(command).POST("/v1/task-directives/{task_id}/actions/add-workers", {
          params: { path: { task_id } },
          body: { cluster_location, n_workers },
        }),
      );
      await printLine(`${taskforce_uuid} asks for ${countText(n_workers, "worker")} on ${schedd}`);
    });
}
