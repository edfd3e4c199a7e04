import type { Command } from "commander";
import type { Finding, Summary } from "../apiTypes.js";
import { formatCount, formatDuration } from "../format.js";
import { workflowStateLabel } from "../phases.js";
import type { components } from "../schema.js";
import { unwrapResponse } from "../unwrapResponse.js";
import { idParser, possibleKindsOf } from "./argumentParsers.js";
import { createCommandClient } from "./commandClient.js";
import { phaseCountsText, phaseTimeLines, toSentence } from "./progress.js";
import { formatTable } from "./resultWriters.js";
import { formatExamples, type Terminal, timeText, toIndentedLines, toOneLine } from "./terminal.js";

type Schemas = components["schemas"];
type ScheddContents = Schemas["ScheddContents"];

/** Maximum number of lines in a section of `why`. */
const MAX_LINES = 5;

/** Adds the command `why`. */
export function addWhyCommand(program: Command, terminal: Terminal): void {
  program
    .command("why")
    .description(
      "explain why a workflow or taskforce is waiting and what to do; without an id, what hinders the service",
    )
    .argument("[id]", "WF-… or TF-…")
    .addHelpText("after", formatExamples("ewms why WF-6b055875-627b889b", "ewms why"))
    .action(async (id: string | undefined) => {
      const client = createCommandClient(program, terminal);
      if (id === undefined) {
        const { findings } = await unwrapResponse(client.GET("/v1/diagnosis"));
        const lines = findings.length === 0 ? ["Nothing hinders the service."] : formatFindings(terminal, findings);
        await terminal.print(...lines);
      } else if (possibleKindsOf(id)[0] === "taskforce") {
        const params = { path: { taskforce_uuid: id } };
        const { findings } = await unwrapResponse(client.GET("/v1/taskforces/{taskforce_uuid}/diagnosis", { params }));
        await terminal.print(...(findings.length === 0 ? [NOTHING_FOUND] : formatFindings(terminal, findings)));
      } else {
        const params = { path: { workflow_id: idParser("workflow")(id) } };
        const summary = await unwrapResponse(client.GET("/v1/workflows/{workflow_id}/summary", { params }));
        await terminal.print(...whyLines(terminal, summary));
      }
    });
}

const NOTHING_FOUND = "It is not waiting.";

/** Each finding as a sentence, with the action below it. */
const formatFindings = (terminal: Terminal, findings: readonly Finding[]): string[] =>
  findings.flatMap(({ severity, sentence, action }) => [
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
    ...(findings.length === 0 ? [NOTHING_FOUND] : formatFindings(terminal, findings)),
    ...section("Taskforces", phaseTimeLines(summary)),
    ...section(formatCount(summary.n_failed_attempts, "failed attempt"), failures.slice(0, MAX_LINES)),
    ...section("Task errors", errors.slice(0, MAX_LINES)),
  ];
}

/** Adds the command `drain`. */
export function addDrainCommand(program: Command, terminal: Terminal): void {
  program
    .command("drain")
    .description("show the queues and stray clusters of a schedd; without --schedd, an overview of all schedds")
    .option("-s, --schedd <name>", "an HTCondor access point")
    .addHelpText("after", formatExamples("ewms drain", "ewms drain --schedd grid-submitter.icecube.wisc.edu"))
    .action(async ({ schedd }: { schedd?: string }) => {
      const client = createCommandClient(program, terminal);
      if (schedd === undefined) {
        const { schedds, unknown_polls } = await unwrapResponse(client.GET("/v1/schedds"));
        await terminal.print(scheddsTable(terminal, schedds), ...formatUnknownPolls(terminal, unknown_polls));
        return;
      }
      const params = { path: { schedd } };
      const contents = await unwrapResponse(client.GET("/v1/schedds/{schedd}", { params }));
      await terminal.print(...formatSchedd(terminal, contents));
    });
}

function scheddsTable(terminal: Terminal, schedds: Schemas["ScheddState"][]): string {
  const rows = schedds.map(({ schedd, last_poll, starter, stopper }) => [
    toOneLine(schedd),
    last_poll === null ? "never" : timeText(last_poll),
    queueCountsText(starter),
    queueCountsText(stopper),
  ]);
  return rows.length === 0
    ? "There are no schedds."
    : formatTable(terminal, ["SCHEDD", "LAST POLL", "TO START", "TO STOP"], rows);
}

/** Polls for names that are no schedds: one may be misspelled. */
function formatUnknownPolls(terminal: Terminal, polls: Schemas["UnknownPoll"][]): string[] {
  if (polls.length === 0) return [];
  const rows = polls.map(({ schedd, first_poll, last_poll }) => [
    toOneLine(schedd),
    timeText(first_poll),
    timeText(last_poll),
  ]);
  return [
    "",
    terminal.colorize("yellow", "TMSes poll for schedds that are not configured and never had a taskforce:"),
    formatTable(terminal, ["UNKNOWN SCHEDD", "POLLS SINCE", "LAST POLL"], rows),
  ];
}

const queueCountsText = ({ waiting, leased, delayed, dead }: Schemas["QueueState"]): string =>
  [
    ...(waiting === 0 ? [] : [`${waiting} waiting`]),
    ...(leased === 0 ? [] : [`${leased} leased`]),
    ...(delayed === 0 ? [] : [`${delayed} delayed`]),
    ...(dead === 0 ? [] : [formatCount(dead, "dead letter")]),
  ].join(", ") || "-";

/** The lines about a schedd and its two queues. */
function formatSchedd(terminal: Terminal, state: ScheddContents): string[] {
  const { schedd, last_poll, taskforces_by_phase, starter, stopper, stray_clusters } = state;
  const lastPoll = last_poll === null ? "No TMS has polled yet" : `Last TMS poll: ${timeText(last_poll)}`;
  return [
    `${terminal.colorize("bold", toOneLine(schedd))}: ${phaseCountsText(taskforces_by_phase)}. ${lastPoll}.`,
    ...formatQueue(terminal, "To start", starter),
    ...formatQueue(terminal, "To stop", stopper),
    ...formatStrayClusters(terminal, stray_clusters),
  ];
}

/** Clusters that HTCondor runs although their reports were rejected. */
function formatStrayClusters(terminal: Terminal, strays: Schemas["StrayCluster"][]): string[] {
  if (strays.length === 0) return [];
  return [
    "",
    `${terminal.colorize("bold", "Stray clusters")}, which HTCondor runs and the service never stops:`,
    ...strays.map(
      ({ cluster_id, taskforce_uuid, reason, last_report }) =>
        `  ${terminal.colorize("red", "stray")}   ${cluster_id} of ${toOneLine(taskforce_uuid)}, reported ${timeText(last_report)}: ${reason}`,
    ),
  ];
}

function formatQueue(terminal: Terminal, title: string, queue: ScheddContents["starter"]): string[] {
  const longest = queue.waiting === 0 ? "" : `, longest wait ${formatDuration(queue.oldest_waiting_seconds)}`;
  return [
    "",
    `${terminal.colorize("bold", title)}: ${queue.waiting} waiting${longest}; ${queue.leased} leased, ${queue.delayed} delayed, ${formatCount(queue.dead, "dead letter")}`,
    ...queue.next.map((uuid) => `  next    ${uuid}`),
    ...queue.leases.map(({ taskforce_uuid, since }) => `  leased  ${taskforce_uuid} since ${timeText(since)}`),
    ...queue.dead_letters.map(
      ({ taskforce_uuid, reason, timestamp }) =>
        `  ${terminal.colorize("red", "dead")}    ${taskforce_uuid} since ${timeText(timestamp)}: ${toIndentedLines(reason, "    ")}`,
    ),
  ];
}
