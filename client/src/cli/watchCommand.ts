import type { Command } from "commander";
import { idParser } from "./argumentParsers.js";
import { createCommandClient } from "./commandClient.js";
import type { Terminal } from "./terminal.js";
import { watchUntilEnded } from "./watchProgress.js";

/** Adds the command `watch`. */
export function addWatchCommand(program: Command, terminal: Terminal): void {
  program
    .command("watch")
    .description("show the progress of a workflow until it has ended: bars on a terminal, else a line per change")
    .argument("<workflow>", "WF-…", idParser("workflow"))
    .addHelpText(
      "after",
      `
Bars: █ running, ▓ ended, ▒ held and ░ pending workers.
Ctrl-C ends the watch; the workflow continues.

Examples:
  ewms watch WF-6b055875-627b889b
  ewms watch WF-6b055875-627b889b >> progress.log`,
    )
    .action(async (workflow: string, _options: object, command: Command) => {
      terminal.exitCode = await watchUntilEnded(terminal, createCommandClient(command, terminal), workflow);
    });
}
