import type { Command } from "commander";
import type { FailedAttempt, Summary, TaskSummary } from "../apiTypes.js";
import { countTexts, type FoldedErrors, foldErrors } from "../foldErrorCounts.js";
import { formatCount, formatNumber } from "../format.js";
import { groupBy } from "../groupBy.js";
import { unwrapResponse } from "../unwrapResponse.js";
import { idParser } from "./argumentParsers.js";
import { createCommandClient } from "./commandClient.js";
import { findWorkflowId } from "./findId.js";
import { imageLabel } from "./progress.js";
import { formatExamples, type Terminal, toIndentedLines, toOneLine } from "./terminal.js";

/** Errors of the workers of a task, or failed attempts to change a phase at a schedd. */
type ErrorGroup = FoldedErrors &
  ({ kind: "task-error"; task_id: string } | { kind: "failed-attempt"; target_phase: string; schedd: string | null });

/** Adds the command `errors`. */
export function addErrorsCommand(program: Command, terminal: Terminal): void {
  program
    .command("errors")
    .description("show the errors of a workflow's tasks and the failed attempts, with their counts")
    .argument("<workflow>", "WF-…", idParser("workflow"))
    .option("--json", "one JSON object per group of errors and line")
    .addHelpText(
      "after",
      `
Texts that differ in ids and numbers only are one group, which shows the most frequent one.
${formatExamples("ewms errors WF-6b055875-627b889b", "ewms errors - --json | jq -r .text")}`,
    )
    .action(async (workflow: string, { json }: { json?: true }) => {
      const client = createCommandClient(program, terminal);
      const params = { path: { workflow_id: await findWorkflowId(terminal, client, workflow) } };
      const summary = await unwrapResponse(client.GET("/v1/workflows/{workflow_id}/summary", { params }));
      const tasks = summary.tasks.map(taskErrors);
      const attempts = failedAttempts(summary.failed_attempts);
      if (json) await terminal.print(...[...tasks.flat(), ...attempts].map((group) => JSON.stringify(group)));
      else await terminal.print(...describeErrors(terminal, summary, tasks, attempts));
    });
}

const taskErrors = ({ task_id, top_task_errors }: TaskSummary): ErrorGroup[] =>
  foldErrors(Object.entries(top_task_errors)).map((folded) => ({ kind: "task-error", task_id, ...folded }));

/** Groups failed attempts by phase and schedd, then by text. */
function failedAttempts(attempts: readonly FailedAttempt[]): ErrorGroup[] {
  const places = groupBy(attempts, ({ target_phase, schedd }) => JSON.stringify([target_phase, schedd]));
  return [...places.values()].flatMap((ofPlace) => {
    const [{ target_phase, schedd } = { target_phase: "", schedd: null }] = ofPlace;
    const counts = countTexts(ofPlace.map(({ context }) => context));
    return foldErrors(counts).map(
      (folded): ErrorGroup => ({ kind: "failed-attempt", target_phase, schedd, ...folded }),
    );
  });
}

function describeErrors(terminal: Terminal, summary: Summary, tasks: ErrorGroup[][], attempts: ErrorGroup[]): string[] {
  const { workflow_id, n_failed_attempts, failed_attempts } = summary;
  const sections = tasks.flatMap((groups, index) => {
    const { task_id, task_image } = summary.tasks[index] ?? { task_id: "", task_image: "" };
    const errors = formatCount(
      groups.reduce((sum, { count }) => sum + count, 0),
      "error",
    );
    const title = `Task ${index + 1} ${imageLabel(task_image)}, ${task_id}: ${errors}`;
    return groups.length === 0 ? [] : [section(terminal, title, groups.map(groupText))];
  });
  if (attempts.length > 0) {
    const shown = failed_attempts.length < n_failed_attempts ? `, the newest ${failed_attempts.length}` : "";
    const title = `${formatCount(n_failed_attempts, "failed attempt")}${shown}`;
    const texts = attempts.map((group) =>
      group.kind === "failed-attempt" && group.schedd !== null
        ? `${groupText(group)}\n    ${group.target_phase} at ${toOneLine(group.schedd)}`
        : groupText(group),
    );
    sections.push(section(terminal, title, texts));
  }
  if (sections.length === 0) return [`${workflow_id} has no errors; ewms why ${workflow_id} explains waits.`];
  return sections.flatMap((lines, index) => (index === 0 ? lines : ["", ...lines]));
}

const section = (terminal: Terminal, title: string, texts: string[]): string[] => [
  terminal.colorize("bold", title),
  ...texts.map((text) => `  ${text}`),
];

/** The count and text of a group: `12 × no space left on /scratch`, with the line breaks of the text. */
export function groupText({ text, count, n_texts }: FoldedErrors): string {
  const alike = n_texts === 1 ? "" : `\n    in ${n_texts} texts that differ in ids and numbers`;
  return `${formatNumber(count)} × ${toIndentedLines(text, "    ")}${alike}`;
}
