import type { Command } from "commander";
import { answerOf } from "../unwrapResponse.js";
import { idOf, positive } from "./argumentParsers.js";
import { clientOf } from "./commandClient.js";
import { counted, print } from "./terminal.js";

/** Makes the command `add-workers`. */
export function addAddWorkers(program: Command): void {
  program
    .command("add-workers")
    .description("give a task one more taskforce, which overtakes whatever waits")
    .argument("<task>", "TK-…; ewms ids lists them", idOf("task directive"))
    .requiredOption("-l, --location <name>", "the cluster location that it runs at")
    .option("-n, --workers <number>", "how many workers", positive, 1)
    .addHelpText(
      "after",
      `
Examples:
  ewms add-workers TK-6b055875-627b889b-7d647883 --location osg --workers 100`,
    )
    .action(async (task_id: string, options: { location: string; workers: number }, command: Command) => {
      const { location: cluster_location, workers: n_workers } = options;
      const { taskforce_uuid, schedd } = await answerOf(
        clientOf(command).POST("/v1/task-directives/{task_id}/actions/add-workers", {
          params: { path: { task_id } },
          body: { cluster_location, n_workers },
        }),
      );
      await print(`${taskforce_uuid} asks for ${counted(n_workers, "worker")} on ${schedd}`);
    });
}
