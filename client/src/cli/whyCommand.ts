import type { Command } from "commander";
import type { Finding, Summary } from "../apiTypes.js";
import type { Client } from "../client.js";
import { formatCount } from "../format.js";
import { workflowStateLabel } from "../phases.js";
import { unwrapResponse } from "../unwrapResponse.js";
import { idParser, possibleKindsOf } from "./argumentParsers.js";
import { createCommandClient } from "./commandClient.js";
import { findId } from "./findId.js";
import { phaseTimeLines, toSentence } from "./progress.js";
import { formatExamples, type Terminal, timeText, toIndentedLines } from "./terminal.js";

/** Maximum number of lines in a section of `why`. */
const MAX_LINES = 5;

/** Adds the command `why`. */
export function addWhyCommand(program: Command, terminal: Terminal): void {
  program
    .command("why")
    .description(
      "explain why a workflow or taskforce is waiting and what to do; without an id, what hinders the service",
    )
    .argument("[id]", "WF-… or TF-…", idParser("workflow", "taskforce"))
    .option("--json", "one JSON object per finding and line")
    .addHelpText("after", formatExamples("ewms why WF-6b055875-627b889b", "ewms why", "ewms why --json | jq .sentence"))
    .action(async (id: string | undefined, { json }: { json?: true }) => {
      const client = createCommandClient(program, terminal);
      const { findings, lines } = await explain(terminal, client, id);
      await terminal.print(...(json ? findings.map((each) => JSON.stringify(each)) : lines));
    });
}

/** The findings about a workflow, a taskforce or the service, and how people read them. */
async function explain(
  terminal: Terminal,
  client: Client,
  text: string | undefined,
): Promise<{ findings: readonly Finding[]; lines: string[] }> {
  if (text === undefined) {
    const { findings } = await unwrapResponse(client.GET("/v1/diagnosis"));
    return { findings, lines: formatFindings(terminal, findings, "Nothing hinders the service.") };
  }
  const id = await findId(terminal, client, text, ["workflow", "taskforce"]);
  if (possibleKindsOf(id)[0] === "taskforce") {
    const params = { path: { taskforce_uuid: id } };
    const { findings } = await unwrapResponse(client.GET("/v1/taskforces/{taskforce_uuid}/diagnosis", { params }));
    return { findings, lines: formatFindings(terminal, findings) };
  }
  const params = { path: { workflow_id: id } };
  const summary = await unwrapResponse(client.GET("/v1/workflows/{workflow_id}/summary", { params }));
  return { findings: summary.findings, lines: whyLines(terminal, summary) };
}

/** Each finding as a sentence, with the action below it. @param nothing without findings */
export const formatFindings = (
  terminal: Terminal,
  findings: readonly Finding[],
  nothing = "It is not waiting.",
): string[] =>
  findings.length === 0
    ? [nothing]
    : findings.flatMap(({ severity, sentence, action }) => [
        terminal.colorize(severity === "error" ? "red" : "yellow", toSentence(sentence)),
        ...(action === null ? [] : [`  ${action}`]),
      ]);

function whyLines(terminal: Terminal, summary: Summary): string[] {
  const { workflow_id, deactivated, deactivated_ts, findings, failed_attempts, top_task_errors } = summary;
  const state = deactivated === null ? "is" : "was";
  const since = deactivated_ts === null ? "" : ` at ${timeText(deactivated_ts)}`;
  const section = (title: string, lines: string[]): string[] =>
    lines.length === 0 ? [] : ["", terminal.colorize("bold", title), ...lines.map((line) => `  ${line}`)];
  const failures = failed_attempts.map(
    ({ timestamp, taskforce_uuid, schedd, target_phase, context }) =>
      `${timeText(timestamp)} ${taskforce_uuid}${schedd ? ` on ${schedd}` : ""}, ${target_phase}: ${toIndentedLines(context, "    ")}`,
  );
  const errors = Object.entries(top_task_errors)
    .sort(([, one], [, other]) => other - one)
    .map(([error, count]) => `${count} × ${toIndentedLines(error, "    ")}`);
  return [
    `${workflow_id} ${state} ${workflowStateLabel(deactivated, findings)}${since}.`,
    ...formatFindings(terminal, findings),
    ...section("Taskforces", phaseTimeLines(summary)),
    ...section(formatCount(summary.n_failed_attempts, "failed attempt"), failures.slice(0, MAX_LINES)),
    ...section("Task errors", errors.slice(0, MAX_LINES)),
  ];
}
