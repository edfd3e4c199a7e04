import type { Command } from "commander";
import { formatCount } from "../format.js";
import { unwrapResponse } from "../unwrapResponse.js";
import { idParser } from "./argumentParsers.js";
import { createCommandClient } from "./commandClient.js";
import { findWorkflowId } from "./findId.js";
import { formatExamples, type Terminal } from "./terminal.js";

/** Adds the command `retry`. */
export function addRetryCommand(program: Command, terminal: Terminal): void {
  program
    .command("retry")
    .description("retry all dead letters of a workflow, for operators")
    .argument("<workflow>", "WF-…", idParser("workflow"))
    .addHelpText("after", formatExamples("ewms retry WF-6b055875-627b889b"))
    .action(async (workflow: string) => {
      const client = createCommandClient(program, terminal);
      const workflow_id = await findWorkflowId(terminal, client, workflow);
      const params = { path: { workflow_id } };
      const { n_taskforces } = await unwrapResponse(
        client.POST("/v1/workflows/{workflow_id}/actions/retry", { params }),
      );
      await terminal.print(
        n_taskforces === 0
          ? `${workflow_id} has no dead letters to retry`
          : `${workflow_id}: ${formatCount(n_taskforces, "taskforce")} will be handed out again`,
      );
    });
}
