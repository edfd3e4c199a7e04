import type { Command } from "commander";
import { formatCount } from "../format.js";
import { workflowStateLabel } from "../phases.js";
import type { Summary } from "../summaryTypes.js";
import { unwrapResponse } from "../unwrapResponse.js";
import { idParser } from "./argumentParsers.js";
import { createCommandClient } from "./commandClient.js";
import { phaseTimeLines, toSentence } from "./progress.js";
import { formatExamples, replaceControlCharacters, type Terminal, timeText } from "./terminal.js";

/** Maximum number of lines in a section. */
const MAX_LINES = 5;

/** Adds the command `why`. */
export function addWhyCommand(program: Command, terminal: Terminal): void {
  program
    .command("why")
    .description("explain what a workflow is waiting for, and show the last failures")
    .argument("<workflow>", "WF-…", idParser("workflow"))
    .addHelpText("after", formatExamples("ewms why WF-6b055875-627b889b"))
    .action(async (workflow_id: string, _options: object, command: Command) => {
      const params = { path: { workflow_id } };
      const summary = await unwrapResponse(
        createCommandClient(command, terminal).GET("/v1/workflows/{workflow_id}/summary", { params }),
      );
      await terminal.print(...whyLines(terminal, summary));
    });
}

function whyLines(terminal: Terminal, summary: Summary): string[] {
  const { workflow_id, deactivated, deactivated_ts, waiting_for } = summary;
  const state = deactivated === null ? "is" : "was";
  const since = deactivated_ts === null ? "" : ` at ${timeText(deactivated_ts)}`;
  const section = (title: string, lines: string[]): string[] =>
    lines.length === 0 ? [] : ["", terminal.colorize("bold", title), ...lines.map((line) => `  ${line}`)];
  return [
    `${workflow_id} ${state} ${workflowStateLabel(deactivated)}${since}.`,
    waiting_for === null ? "It is not waiting." : terminal.colorize("yellow", toSentence(waiting_for)),
    ...section("Taskforces", phaseTimeLines(summary)),
    ...section(formatCount(summary.n_failed_attempts, "failed attempt"), failureLines(summary)),
    ...section("Task errors", errorLines(summary)),
  ];
}

const failureLines = ({ failed_attempts }: Summary): string[] =>
  failed_attempts
    .slice(0, MAX_LINES)
    .map(
      ({ timestamp, taskforce_uuid, schedd, target_phase, context }) =>
        `${timeText(timestamp)} ${taskforce_uuid}${schedd ? ` on ${schedd}` : ""}, ${target_phase}: ${replaceControlCharacters(context)}`,
    );

const errorLines = ({ top_task_errors }: Summary): string[] =>
  Object.entries(top_task_errors)
    .sort(([, one], [, other]) => other - one)
    .slice(0, MAX_LINES)
    .map(([error, count]) => `${count} × ${replaceControlCharacters(error)}`);
