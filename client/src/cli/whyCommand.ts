import type { Command } from "commander";
import type { Summary } from "../summaryTypes.js";
import { unwrapResponse } from "../unwrapResponse.js";
import { idParser } from "./argumentParsers.js";
import { createCommandClient } from "./commandClient.js";
import { phaseTimeLines, toSentence } from "./progress.js";
import { colorize, countText, printLine, replaceControlCharacters, timeText } from "./terminal.js";

/** Lines of each part. */
const MAX_LINES = 5;

/** Makes the command `why`. */
export function addWhyCommand(program: Command): void {
  program
    .command("why")
    .description("say what a workflow waits for, and what failed last")
    .argument("<workflow>", "WF-…", idParser("workflow"))
    .addHelpText(
      "after",
      `
Examples:
  ewms why WF-6b055875-627b889b`,
    )
    .action(async (workflow_id: string, _options: object, command: Command) => {
      const params = { path: { workflow_id } };
      const summary = await unwrapResponse(
        createCommandClient(command).GET("/v1/workflows/{workflow_id}/summary", { params }),
      );
      for (const line of whyLines(summary)) await printLine(line);
    });
}

/** What there is to say. */
export function whyLines(summary: Summary): string[] {
  const { workflow_id, deactivated, deactivated_ts, waiting_for } = summary;
  const state = deactivated === null ? "runs" : `was ${deactivated.toLowerCase()} at ${timeText(deactivated_ts ?? 0)}`;
  return [
    `${workflow_id} ${state}.`,
    waiting_for === null ? "It waits for nothing." : colorize("yellow", toSentence(waiting_for)),
    ...section("Taskforces", phaseTimeLines(summary)),
    ...section(countText(summary.n_failed_attempts, "failed attempt"), failureLines(summary)),
    ...section("Errors of tasks", errorLines(summary)),
  ];
}

const section = (title: string, lines: string[]): string[] =>
  lines.length === 0 ? [] : ["", colorize("bold", title), ...lines.map((line) => `  ${line}`)];

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
