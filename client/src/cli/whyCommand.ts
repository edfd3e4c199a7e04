import type { Command } from "commander";
import { answerOf } from "../unwrapResponse.js";
import type { Summary } from "../summaryTypes.js";
import { idOf } from "./argumentParsers.js";
import { phaseTimes, sentence } from "./progress.js";
import { clientOf } from "./commandClient.js";
import { counted, paint, plain, print, time } from "./terminal.js";

/** Lines of each part. */
const MOST_LINES = 5;

/** Makes the command `why`. */
export function addWhy(program: Command): void {
  program
    .command("why")
    .description("say what a workflow waits for, and what failed last")
    .argument("<workflow>", "WF-…", idOf("workflow"))
    .addHelpText(
      "after",
      `
Examples:
  ewms why WF-6b055875-627b889b`,
    )
    .action(async (workflow_id: string, _options: object, command: Command) => {
      const params = { path: { workflow_id } };
      const summary = await answerOf(
        clientOf(command).GET("/v1/workflows/{workflow_id}/summary", { params }),
      );
      for (const line of whyLines(summary)) await print(line);
    });
}

/** What there is to say. */
export function whyLines(summary: Summary): string[] {
  const { workflow_id, deactivated, deactivated_ts, waiting_for } = summary;
  const state =
    deactivated === null ? "runs" : `was ${deactivated.toLowerCase()} at ${time(deactivated_ts ?? 0)}`;
  return [
    `${workflow_id} ${state}.`,
    waiting_for === null ? "It waits for nothing." : paint("yellow", sentence(waiting_for)),
    ...part("Taskforces", phaseTimes(summary)),
    ...part(counted(summary.n_failed_attempts, "failed attempt"), failures(summary)),
    ...part("Errors of tasks", errors(summary)),
  ];
}

const part = (title: string, lines: string[]): string[] =>
  lines.length === 0 ? [] : ["", paint("bold", title), ...lines.map((line) => `  ${line}`)];

const failures = ({ failed_attempts }: Summary): string[] =>
  failed_attempts
    .slice(0, MOST_LINES)
    .map(
      ({ timestamp, taskforce_uuid, schedd, target_phase, context }) =>
        `${time(timestamp)} ${taskforce_uuid}${schedd ? ` on ${schedd}` : ""}, ${target_phase}: ${plain(context)}`,
    );

const errors = ({ top_task_errors }: Summary): string[] =>
  Object.entries(top_task_errors)
    .sort(([, one], [, other]) => other - one)
    .slice(0, MOST_LINES)
    .map(([error, count]) => `${count} × ${plain(error)}`);
