import { stripVTControlCharacters } from "node:util";
import type { Command } from "commander";
import type { Summary, TaskDirective, WorkflowDigest } from "../apiTypes.js";
import type { Client } from "../client.js";
import { digestState } from "../digestState.js";
import { foldErrors } from "../foldErrorCounts.js";
import { formatCount, formatNumber, formatTimeAgo } from "../format.js";
import { unwrapResponse } from "../unwrapResponse.js";
import { listFirstWorkflows } from "../workflowList.js";
import { idParser } from "./argumentParsers.js";
import { createCommandClient } from "./commandClient.js";
import { findWorkflowId } from "./findId.js";
import { stateLine, styleOfState } from "./listTable.js";
import { imageLabel, phaseCountsText, workersText } from "./progress.js";
import { takeResults } from "./resultWriters.js";
import { formatExamples, type Terminal, timeText, toOneLine } from "./terminal.js";
import { textWidth, truncateToWidth } from "./textWidth.js";
import { formatFindings } from "./whyCommand.js";

/** The most tasks, findings and errors on the screen. */
const MAX_TASKS = 6;
const MAX_FINDINGS = 3;
const MAX_ERRORS = 3;
/** Lines around those of tasks: a blank one, the head, "more tasks", and the prompt. */
const TASK_FRAME_LINES = 4;
/** Taskforces whose access points are looked at. */
const MAX_TASKFORCES = 1000;

/** What `show` prints about a workflow. */
interface ShownWorkflow {
  /** Undefined if it is removed meanwhile. */
  row: WorkflowDigest | undefined;
  summary: Summary;
  /** The first ones. */
  directives: TaskDirective[];
  schedds: string[];
}

/** Adds the command `show`. */
export function addShowCommand(program: Command, terminal: Terminal): void {
  program
    .command("show")
    .description("show what is known about a workflow on one screen: state, findings, tasks, places, errors")
    .argument("<workflow>", "WF-…", idParser("workflow"))
    .option("--json", "its row of the list, summary, first tasks and schedds as JSON in one line")
    .addHelpText("after", formatExamples("ewms show WF-6b055875-627b889b", "ewms show - --json | jq .summary"))
    .action(async (text: string, { json }: { json?: true }) => {
      const client = createCommandClient(program, terminal);
      const shown = await readWorkflow(client, await findWorkflowId(terminal, client, text));
      await terminal.print(...(json ? [JSON.stringify(shown)] : describeWorkflow(terminal, shown)));
    });
}

async function readWorkflow(client: Client, workflow_id: string): Promise<ShownWorkflow> {
  const params = { path: { workflow_id } };
  // Throws for an unknown workflow, because the list and queries would find nothing.
  const summary = await unwrapResponse(client.GET("/v1/workflows/{workflow_id}/summary", { params }));
  const { rows } = await listFirstWorkflows(client, { q: workflow_id }, 1);
  const directives: TaskDirective[] = [];
  const found = client.query("task-directives", { query: { workflow_id } });
  for await (const directive of takeResults(MAX_TASKS, found)) directives.push(directive);
  const schedds = new Set<string>();
  const taskforces = client.query("taskforces", { query: { workflow_id }, projection: ["schedd"], order: "newest" });
  for await (const { schedd } of takeResults(MAX_TASKFORCES, taskforces)) if (schedd) schedds.add(schedd);
  return { row: rows[0], summary, directives, schedds: [...schedds].sort() };
}

function describeWorkflow(terminal: Terminal, shown: ShownWorkflow): string[] {
  const { row, summary, directives } = shown;
  const { workflow_id, findings, n_failed_attempts, top_task_errors } = summary;
  const { columns, rows } = terminal.size;
  const fit = (line: string): string => (terminal.isInteractive ? truncateToWidth(line, columns) : line);
  const errors = foldErrors(Object.entries(top_task_errors));
  const hasErrors = errors.length > 0 || n_failed_attempts > 0;
  const before = [
    ...(row === undefined ? [workflow_id] : headLines(terminal, row, fit)),
    ...placeLines(shown).map(fit),
    ...(findings.length === 0 ? [] : ["", ...formatFindings(terminal, findings.slice(0, MAX_FINDINGS))]),
  ];
  const after = [
    ...section(terminal, "Errors", [
      ...errors.slice(0, MAX_ERRORS).map(({ text, count }) => fit(`  ${formatNumber(count)} × ${toOneLine(text)}`)),
      ...(n_failed_attempts === 0 ? [] : [fit(`  ${failedAttemptsText(summary)}`)]),
    ]),
    "",
    `More: ${hasErrors ? `ewms errors ${workflow_id}, ` : ""}ewms logs ${workflow_id}`,
  ];
  const wrappedLines = [...before, ...after].reduce(
    (sum, line) => sum + Math.ceil(Math.max(1, textWidth(stripVTControlCharacters(line))) / columns),
    0,
  );
  const freeLines = terminal.isInteractive ? rows - wrappedLines - TASK_FRAME_LINES : MAX_TASKS;
  const taskCount = Math.max(1, Math.min(MAX_TASKS, freeLines));
  const tasks = section(
    terminal,
    formatCount(summary.tasks.length, "task"),
    taskLines(summary, directives.slice(0, taskCount), fit),
  );
  return [...before, ...tasks, ...after];
}

/** Where the workflow runs. */
function placeLines({ directives, schedds, summary }: ShownWorkflow): string[] {
  const locations = [...new Set(directives.flatMap(({ cluster_locations }) => cluster_locations))];
  const { n_taskforces, taskforces_by_phase } = summary;
  return [
    `Places:   ${locations.map(toOneLine).join(", ") || "-"}, at ${schedds.map(toOneLine).join(", ") || "no schedd"}`,
    `          ${formatCount(n_taskforces, "taskforce")}: ${phaseCountsText(taskforces_by_phase)}`,
  ];
}

const section = (terminal: Terminal, title: string, lines: string[]): string[] =>
  lines.length === 0 ? [] : ["", terminal.colorize("bold", title), ...lines];

function headLines(terminal: Terminal, row: WorkflowDigest, fit: (line: string) => string): string[] {
  const { workflow_id, name, owner, labels, created, deactivated_ts, priority } = row;
  const shown = digestState(row);
  const style = styleOfState(shown);
  const state = fit(`State:    ${stateLine(shown)}${deactivated_ts === null ? "" : ` at ${timeText(deactivated_ts)}`}`);
  const pairs = Object.entries(labels).map(([key, value]) => toOneLine(value === "" ? key : `${key}=${value}`));
  const by = owner === null ? "" : ` by ${toOneLine(owner.name ?? owner.subject)}`;
  return [
    ...(name === null ? [] : [terminal.colorize("bold", fit(toOneLine(name)))]),
    terminal.colorize("bold", workflow_id),
    style === undefined ? state : terminal.colorize(style, state),
    fit(`Created:  ${timeText(created)}, ${formatTimeAgo(Date.now() / 1000 - created)}${by}`),
    `Priority: ${priority}`,
    ...(pairs.length === 0 ? [] : [fit(`Labels:   ${pairs.join(", ")}`)]),
  ];
}

/** A line for each task: image, workers and arguments. */
function taskLines({ tasks }: Summary, directives: TaskDirective[], fit: (line: string) => string): string[] {
  const lines = directives.map(({ task_id, task_image, task_args }, index) => {
    const task = tasks.find((each) => each.task_id === task_id);
    const workers = task === undefined ? "" : `${workersText(task)}: `;
    return fit(`  ${index + 1} ${imageLabel(task_image)}, ${workers}${toOneLine(task_args)}`);
  });
  const others = tasks.length - directives.length;
  return others > 0 ? [...lines, `  and ${formatCount(others, "more task")}`] : lines;
}

function failedAttemptsText({ n_failed_attempts, failed_attempts: [last] }: Summary): string {
  const latest = last === undefined ? "" : `, last: ${last.target_phase}: ${toOneLine(last.context)}`;
  return `${formatCount(n_failed_attempts, "failed attempt")}${latest}`;
}
