import type { Command } from "commander";
import { formatCount, formatDuration } from "../format.js";
import type { components } from "../schema.js";
import { unwrapResponse } from "../unwrapResponse.js";
import { createCommandClient } from "./commandClient.js";
import { phaseCountsText } from "./progress.js";
import { formatTable } from "./resultWriters.js";
import { formatExamples, type Terminal, timeText, toIndentedLines, toOneLine } from "./terminal.js";

type Schemas = components["schemas"];
type ScheddContents = Schemas["ScheddContents"];

/** Adds the command `schedds`, and `drain`, its name in release 1.0. */
export function addScheddCommands(program: Command, terminal: Terminal): void {
  program
    .command("schedds")
    .description("show an overview of all schedds; with a name, the queues and stray clusters of one")
    .argument("[name]", "an HTCondor access point")
    .option("--json", "one JSON object per schedd and line")
    .addHelpText(
      "after",
      formatExamples(
        "ewms schedds",
        "ewms schedds grid-submitter.icecube.wisc.edu",
        "ewms schedds --json | jq .schedd",
      ),
    )
    .action((name: string | undefined, options: { json?: true }) => showSchedds(program, terminal, name, options));
  program
    .command("drain", { hidden: true })
    .description("the same as ewms schedds")
    .option("-s, --schedd <name>", "an HTCondor access point")
    .action(({ schedd }: { schedd?: string }) => showSchedds(program, terminal, schedd, {}));
}

/** Shows one schedd or, without a name, all. Polls for unknown names are no schedds, so JSON leaves them out. */
async function showSchedds(
  program: Command,
  terminal: Terminal,
  name: string | undefined,
  { json }: { json?: true },
): Promise<void> {
  const client = createCommandClient(program, terminal);
  if (name === undefined) {
    const { schedds, unknown_polls } = await unwrapResponse(client.GET("/v1/schedds"));
    if (json) await terminal.print(...schedds.map((each) => JSON.stringify(each)));
    else await terminal.print(scheddsTable(terminal, schedds), ...formatUnknownPolls(terminal, unknown_polls));
    return;
  }
  const params = { path: { schedd: name } };
  const contents = await unwrapResponse(client.GET("/v1/schedds/{schedd}", { params }));
  await terminal.print(...(json ? [JSON.stringify(contents)] : formatSchedd(terminal, contents)));
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
