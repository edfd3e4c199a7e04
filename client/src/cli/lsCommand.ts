import type { Command } from "commander";
import { workflowStateLabel } from "../phases.js";
import { createCommandClient } from "./commandClient.js";
import { formatExamples, type Terminal, timeText } from "./terminal.js";

/** Adds the command `ls`. */
export function addLsCommand(program: Command, terminal: Terminal): void {
  program
    .command("ls")
    .description("list the running workflows, oldest first")
    .option("-a, --all", "include aborted and finished workflows")
    .addHelpText("after", formatExamples("ewms ls", "ewms ls --all | grep aborted"))
    .action(async ({ all }: { all?: true }, command: Command) => {
      const client = createCommandClient(command, terminal);
      const search = { query: all ? {} : { deactivated: null } };
      let any = false;
      for await (const { workflow_id, timestamp, priority, deactivated } of client.query("workflows", search)) {
        if (!any)
          await terminal.print(terminal.colorize("bold", formatRow("WORKFLOW", "CREATED", "PRIORITY", "STATE")));
        any = true;
        const state = workflowStateLabel(deactivated);
        await terminal.print(
          formatRow(
            workflow_id,
            timeText(timestamp),
            String(priority),
            deactivated === null ? terminal.colorize("green", state) : state,
          ),
        );
      }
      if (!any) await terminal.print(all ? "No workflows." : "No running workflows; ewms ls --all lists the others.");
    });
}

/** Fixed widths, so that each row is printed when it arrives. */
const formatRow = (id: string, created: string, priority: string, state: string): string =>
  `${id.padEnd(22)}${created.padEnd(22)}${priority.padEnd(10)}${state}`;
