import { createInterface } from "node:readline/promises";
import type { Command } from "commander";
import type { Client } from "../client.js";
import { ApiError } from "../clientErrors.js";
import { formatCount, formatTimeAgo } from "../format.js";
import { workflowStateLabel } from "../phases.js";
import { unwrapResponse } from "../unwrapResponse.js";
import { idParser, parsePositiveInteger } from "./argumentParsers.js";
import { createCommandClient } from "./commandClient.js";
import { CommandError, EXIT_CODE, usageError } from "./exitCodes.js";
import { findId, findWorkflowId } from "./findId.js";
import { formatExamples, type Terminal, timeText } from "./terminal.js";

/** Adds the command `add-workers`. */
export function addAddWorkersCommand(program: Command, terminal: Terminal): void {
  program
    .command("add-workers")
    .description("add a taskforce to a task; it starts before all waiting taskforces")
    .argument("<task>", "TK-… (see ewms ids), or the beginning of the id", idParser("task directive"))
    .requiredOption("-l, --location <name>", "cluster location of the workers")
    .option("-n, --workers <number>", "number of workers", parsePositiveInteger, 1)
    .addHelpText("after", formatExamples("ewms add-workers TK-6b055875-627b889b-7d647883 --location osg --workers 100"))
    .action(async (task: string, { location, workers }: { location: string; workers: number }) => {
      const client = createCommandClient(program, terminal);
      const task_id = await findId(terminal, client, task, ["task directive"]);
      const { taskforce_uuid, schedd } = await unwrapResponse(
        client.POST("/v1/task-directives/{task_id}/actions/add-workers", {
          params: { path: { task_id } },
          body: { cluster_location: location, n_workers: workers },
        }),
      );
      await terminal.print(`${taskforce_uuid} requests ${formatCount(workers, "worker")} on ${schedd}`);
    });
}

/** Adds the commands `abort` and `finish`. */
export function addDeactivateCommands(program: Command, terminal: Terminal): void {
  for (const { name, verb, action, state, description } of [
    {
      name: "abort",
      verb: "Abort",
      action: "abort",
      state: "aborted",
      description: "abort a workflow and stop its workers",
    },
    {
      name: "finish",
      verb: "Finish",
      action: "finished",
      state: "finished",
      description: "mark a workflow as finished and stop its workers",
    },
  ] as const)
    program
      .command(name)
      .description(description)
      .argument("<workflow>", "WF-…", idParser("workflow"))
      .option("-y, --yes", "skip the confirmation")
      .addHelpText(
        "after",
        formatExamples(`ewms ${name} WF-6b055875-627b889b`, `ewms ${name} WF-6b055875-627b889b --yes`),
      )
      .action(async (workflow: string, { yes }: { yes?: true }) => {
        const client = createCommandClient(program, terminal);
        const workflow_id = await findWorkflowId(terminal, client, workflow);
        const params = { path: { workflow_id } };
        if (!yes) {
          await unwrapResponse(client.GET("/v1/workflows/{workflow_id}", { params }));
          await requireConfirmation(terminal, `${verb} ${workflow_id} and stop its workers?`);
        }
        const { n_taskforces } = await unwrapResponse(
          client.POST(`/v1/workflows/{workflow_id}/actions/${action}`, { params }),
        ).catch((error: unknown) => explainEndedBefore(client, workflow_id, error));
        await terminal.print(`${workflow_id} is ${state}, ${formatCount(n_taskforces, "taskforce")} to be stopped`);
      });
}

/** @throws CommandError that says since when a workflow has been ended, if that is why it was "not found"; else the error */
async function explainEndedBefore(client: Client, workflow_id: string, error: unknown): Promise<never> {
  if (!(error instanceof ApiError) || error.status !== 404) throw error;
  const params = { path: { workflow_id } };
  const { deactivated, deactivated_ts } = await unwrapResponse(client.GET("/v1/workflows/{workflow_id}", { params }));
  if (deactivated === null || deactivated_ts === null) throw error;
  const ago = formatTimeAgo(Date.now() / 1000 - deactivated_ts);
  const sentence = `${workflow_id} was ${workflowStateLabel(deactivated)} ${ago}, at ${timeText(deactivated_ts)}`;
  throw new CommandError(EXIT_CODE.notFound, `${sentence}: nothing is left to do`);
}

/** Asks the user. @throws CommandError without a terminal, or if the answer is no */
async function requireConfirmation({ io: { stdin, stderr } }: Terminal, question: string): Promise<void> {
  if (!stdin.isTTY || !stderr.isTTY) throw usageError("cannot ask for a confirmation without a terminal: add --yes");
  const prompt = createInterface({ input: stdin, output: stderr });
  try {
    const answer = await prompt.question(`${question} [y/N] `);
    if (!/^y(es)?$/i.test(answer.trim())) throw new CommandError(EXIT_CODE.failure, "nothing has changed");
  } catch (error) {
    if ((error as Error).name === "AbortError") throw new CommandError(EXIT_CODE.interrupted, "nothing has changed");
    throw error;
  } finally {
    prompt.close();
  }
}
