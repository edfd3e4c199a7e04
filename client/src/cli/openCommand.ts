import type { Command } from "commander";
import { idParser } from "./argumentParsers.js";
import { createCommandClient } from "./commandClient.js";
import { findWorkflowId } from "./findId.js";
import { formatExamples, type Terminal } from "./terminal.js";

/** Adds the command `open`, which prints an address: the service may have a page where this machine has no browser. */
export function addOpenCommand(program: Command, terminal: Terminal): void {
  program
    .command("open")
    .description("print the address of a workflow's page")
    .argument("<workflow>", "WF-…", idParser("workflow"))
    .addHelpText("after", formatExamples("ewms open WF-6b055875-627b889b", 'xdg-open "$(ewms open -)"'))
    .action(async (workflow: string) => {
      const client = createCommandClient(program, terminal);
      await terminal.print(`${client.url}/workflows/${await findWorkflowId(terminal, client, workflow)}`);
    });
}
