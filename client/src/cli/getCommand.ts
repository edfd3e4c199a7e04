import type { Command } from "commander";
import type { Client } from "../client.js";
import { unwrapResponse } from "../unwrapResponse.js";
import { entityKindOf } from "./argumentParsers.js";
import { createCommandClient } from "./commandClient.js";
import { formatExamples, type Terminal } from "./terminal.js";

/** Adds the command `get`. */
export function addGetCommand(program: Command, terminal: Terminal): void {
  program
    .command("get")
    .description("show a workflow, task directive or taskforce as JSON")
    .argument("<id>", "WF-…, TK-… or TF-…")
    .addHelpText(
      "after",
      formatExamples("ewms get WF-6b055875-627b889b", "ewms get TF-6b055875-627b889b-7d647883-8a0badbd | jq .phase"),
    )
    .action(async (id: string, _options: object, command: Command) => {
      const kind = entityKindOf(id);
      const entity = await READERS[kind](createCommandClient(command, terminal), id);
      await terminal.print(JSON.stringify(entity, null, 2));
    });
}

const READERS = {
  workflow: (client: Client, workflow_id: string): Promise<object> =>
    unwrapResponse(client.GET("/v1/workflows/{workflow_id}", { params: { path: { workflow_id } } })),
  "task directive": (client: Client, task_id: string): Promise<object> =>
    unwrapResponse(client.GET("/v1/task-directives/{task_id}", { params: { path: { task_id } } })),
  taskforce: (client: Client, taskforce_uuid: string): Promise<object> =>
    unwrapResponse(client.GET("/v1/taskforces/{taskforce_uuid}", { params: { path: { taskforce_uuid } } })),
};
