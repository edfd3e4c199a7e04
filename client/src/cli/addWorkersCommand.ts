import type { Command } from "commander";
import { formatCount } from "../format.js";
import { unwrapResponse } from "../unwrapResponse.js";
import { idParser, parsePositiveInteger } from "./argumentParsers.js";
import { createCommandClient } from "./commandClient.js";
import { formatExamples, type Terminal } from "./terminal.js";

/** Adds the command `add-workers`. */
export function addAddWorkersCommand(program: Command, terminal: Terminal): void {
  program
    .command("add-workers")
    .description("add a taskforce to a task; it starts before all waiting taskforces")
    .argument("<task>", "TK-… (see ewms ids)", idParser("task directive"))
    .requiredOption("-l, --location <name>", "cluster location of the workers")
    .option("-n, --workers <number>", "number of workers", parsePositiveInteger, 1)
    .addHelpText("after", formatExamples("ewms add-workers TK-6b055875-627b889b-7d647883 --location osg --workers 100"))
    .action(async (task_id: string, options: { location: string; workers: number }, command: Command) => {
      const { location: cluster_location, workers: n_workers } = options;
      const { taskforce_uuid, schedd } = await unwrapResponse(
        createCommandClient(command, terminal).POST("/v1/task-directives/{task_id}/actions/add-workers", {
          params: { path: { task_id } },
          body: { cluster_location, n_workers },
        }),
      );
      await terminal.print(`${taskforce_uuid} requests ${formatCount(n_workers, "worker")} on ${schedd}`);
    });
}
