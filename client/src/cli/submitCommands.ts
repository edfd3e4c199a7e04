import type { Command } from "commander";
import { annotationHeaders, formatLabels } from "../annotationHeaders.js";
import { ApiError } from "../clientErrors.js";
import { formatCount } from "../format.js";
import { unwrapResponse } from "../unwrapResponse.js";
import { collectLabel } from "./annotateCommand.js";
import { idParser } from "./argumentParsers.js";
import { createCommandClient } from "./commandClient.js";
import { findWorkflowId } from "./findId.js";
import { readRequestFile } from "./requestFile.js";
import { formatExamples, type Terminal } from "./terminal.js";
import { watchUntilEnded } from "./watchProgress.js";

interface SubmitOptions {
  watch?: true;
  quiet?: true;
  name?: string;
  label?: Record<string, string>;
}

/** Adds the command `submit`. */
export function addSubmitCommand(program: Command, terminal: Terminal): void {
  program
    .command("submit")
    .description("validate a JSON or YAML file and create its workflow")
    .argument("<file>", "body of POST /v1/workflows; - is stdin")
    .option("-w, --watch", "watch the workflow until it has ended")
    .option("-q, --quiet", "print only the id of the workflow")
    .option("--name <name>", "a short name for people")
    .option("--label <key=value>", "a label to find the workflow by; repeatable", collectLabel)
    .addHelpText(
      "after",
      formatExamples(
        "ewms submit workflow.yaml --watch",
        'ewms submit workflow.yaml --name "Cascades, IC86" --label season=IC86.2024',
        "WF=$(ewms submit --quiet workflow.json)",
      ),
    )
    .action(async (file: string, { watch, quiet, name, label }: SubmitOptions) => {
      const { request, withLocation } = await readRequestFile(file, terminal.io.stdin);
      const client = createCommandClient(program, terminal);
      const { workflow, task_directives, taskforces } = await unwrapResponse(
        client.POST("/v1/workflows", { body: request, headers: annotationHeaders(name, formatLabels(label ?? {})) }),
      ).catch((error: unknown) => {
        throw error instanceof ApiError ? new ApiError(error.status, withLocation(error.message)) : error;
      });
      const { workflow_id } = workflow;
      terminal.usedId = { url: client.url, id: workflow_id };
      const counts = `${formatCount(task_directives.length, "task")}, ${formatCount(taskforces.length, "taskforce")}`;
      await terminal.print(quiet ? workflow_id : `${workflow_id} created: ${counts}`);
      if (watch) terminal.exitCode = await watchUntilEnded(terminal, client, workflow_id);
    });
}

/** Adds the command `watch`. */
export function addWatchCommand(program: Command, terminal: Terminal): void {
  program
    .command("watch")
    .description("show the progress of a workflow until it has ended: bars on a terminal, else a line per change")
    .argument("<workflow>", "WF-…", idParser("workflow"))
    .option("--json", "the summary as one JSON object per change and line")
    .addHelpText(
      "after",
      `
Bars: █ running, ▓ ended, × removed, ▒ held and ░ pending workers.
Ctrl-C ends the watch; the workflow continues.
${formatExamples("ewms watch WF-6b055875-627b889b", "ewms watch WF-6b055875-627b889b >> progress.log")}`,
    )
    .action(async (workflow: string, { json }: { json?: true }) => {
      const client = createCommandClient(program, terminal);
      const workflowId = await findWorkflowId(terminal, client, workflow);
      terminal.exitCode = await watchUntilEnded(terminal, client, workflowId, { asJson: json === true });
    });
}
