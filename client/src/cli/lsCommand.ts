import type { Command } from "commander";
import { createCommandClient } from "./commandClient.js";
import { colorize, printLine, timeText } from "./terminal.js";

/** Makes the command `ls`. */
export function addLsCommand(program: Command): void {
  program
    .command("ls")
    .description("list the workflows that run, oldest first")
    .option("-a, --all", "those that were aborted or finished, too")
    .addHelpText(
      "after",
      `
Examples:
  ewms ls
  ewms ls --all | grep ABORTED`,
    )
    .action(async ({ all }: { all?: true }, command: Command) => {
      const client = createCommandClient(command);
      const search = { query: all ? {} : { deactivated: null } };
      let any = false;
      for await (const { workflow_id, timestamp, priority, deactivated } of client.query("workflows", search)) {
        if (!any) await printLine(colorize("bold", formatRow("WORKFLOW", "CREATED", "PRIORITY", "STATE")));
        any = true;
        const state = deactivated === null ? "RUNS" : deactivated;
        await printLine(
          formatRow(
            workflow_id,
            timeText(timestamp),
            String(priority),
            deactivated === null ? colorize("green", state) : state,
          ),
        );
      }
      if (!any)
        await printLine(all ? "There are no workflows." : "No workflow runs; ewms ls --all shows those that did.");
    });
}

/** Every column but the last one has texts of one length, so that rows can be shown as they come. */
const formatRow = (id: string, created: string, priority: string, state: string): string =>
  `${id.padEnd(22)}${created.padEnd(22)}${priority.padEnd(10)}${state}`;
