import type { Command } from "commander";
import { annotationHeaders, formatLabels } from "../annotationHeaders.js";
import { formatCount } from "../format.js";
import { unwrapResponse } from "../unwrapResponse.js";
import { collectLabel } from "./annotateCommand.js";
import { idParser } from "./argumentParsers.js";
import { createCommandClient } from "./commandClient.js";
import { findWorkflowId } from "./findId.js";
import { formatExamples, type Terminal } from "./terminal.js";

interface CloneOptions {
  name?: string;
  label?: Record<string, string>;
  dryRun?: true;
  quiet?: true;
}

/** Adds the command `clone`. */
export function addCloneCommand(program: Command, terminal: Terminal): void {
  program
    .command("clone")
    .description("create a workflow with the same tasks, locations, workers, name and labels as another one")
    .argument("<workflow>", "WF-…", idParser("workflow"))
    .option("--name <name>", "another name; empty: none")
    .option("--label <key=value>", "another label, or another value; repeatable", collectLabel)
    .option("--dry-run", "print the request as JSON and create nothing")
    .option("-q, --quiet", "print only the id of the new workflow")
    .addHelpText(
      "after",
      formatExamples(
        'ewms clone WF-6b055875-627b889b --name "Cascades, second try"',
        "ewms clone WF-6b055875-627b889b --dry-run > request.json",
      ),
    )
    .action(async (source: string, { name, label, dryRun, quiet }: CloneOptions) => {
      const client = createCommandClient(program, terminal);
      const source_id = await findWorkflowId(terminal, client, source);
      const params = { path: { workflow_id: source_id } };
      const request = await unwrapResponse(client.GET("/v1/workflows/{workflow_id}/request", { params }));
      if (dryRun) {
        await terminal.print(JSON.stringify(request, null, 2));
        return;
      }
      const annotations = await unwrapResponse(client.GET("/v1/workflows/{workflow_id}/annotations", { params }));
      const newName = (name ?? annotations.name) || undefined;
      const headers = annotationHeaders(newName, formatLabels({ ...annotations.labels, ...label }));
      const { workflow, task_directives, taskforces } = await unwrapResponse(
        client.POST("/v1/workflows", { body: request, headers }),
      );
      const { workflow_id } = workflow;
      terminal.usedId = { url: client.url, id: workflow_id };
      const counts = `${formatCount(task_directives.length, "task")}, ${formatCount(taskforces.length, "taskforce")}`;
      await terminal.print(quiet ? workflow_id : `${workflow_id} created like ${source_id}: ${counts}`);
    });
}
