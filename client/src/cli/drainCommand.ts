import type { Command } from "commander";
import { formatCount, formatDuration } from "../format.js";
import type { components } from "../schema.js";
import { unwrapResponse } from "../unwrapResponse.js";
import { createCommandClient } from "./commandClient.js";
import { phaseCountsText } from "./progress.js";
import { formatTable } from "./resultWriters.js";
import { formatExamples, replaceControlCharacters, type Terminal, timeText } from "./terminal.js";

type Schemas = components["schemas"];
type ScheddContents = Schemas["ScheddContents"];

/** Adds the command `drain`. */
export function addDrainCommand(program: Command, terminal: Terminal): void {
  program
    .command("drain")
    .description("show the queues of a schedd; without --schedd, an overview of all schedds")
    .option("-s, --schedd <name>", "an HTCondor access point")
    .addHelpText("after", formatExamples("ewms drain", "ewms drain --schedd grid-submitter.icecube.wisc.edu"))
    .action(async ({ schedd }: { schedd?: string }, command: Command) => {
      const client = createCommandClient(command, terminal);
      if (schedd === undefined) {
        const { schedds } = await unwrapResponse(client.GET("/v1/schedds"));
        await terminal.print(scheddsTable(terminal, schedds));
        return;
      }
      const params = { path: { schedd } };
      const contents = await unwrapResponse(client.GET("/v1/schedds/{schedd}", { params }));
      await terminal.print(...formatSchedd(terminal, contents));
    });
}

function scheddsTable(terminal: Terminal, schedds: Schemas["ScheddState"][]): string {
  const rows = schedds.map(({ schedd, last_poll, starter, stopper }) => [
    replaceControlCharacters(schedd),
    last_poll === null ? "never" : timeText(last_poll),
    queueCountsText(starter),
    queueCountsText(stopper),
  ]);
  return rows.length === 0
    ? "There are no schedds."
    : formatTable(terminal, ["SCHEDD", "LAST POLL", "TO START", "TO STOP"], rows);
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
  const { schedd, last_poll, taskforces_by_phase, starter, stopper } = state;
  const lastPoll = last_poll === null ? "No TMS has polled yet" : `Last TMS poll: ${timeText(last_poll)}`;
  return [
    `${terminal.colorize("bold", replaceControlCharacters(schedd))}: ${phaseCountsText(taskforces_by_phase)}. ${lastPoll}.`,
    ...formatQueue(terminal, "To start", starter),
    ...formatQueue(terminal, "To stop", stopper),
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
        `  ${terminal.colorize("red", "dead")}    ${taskforce_uuid} since ${timeText(timestamp)}: ${replaceControlCharacters(reason)}`,
    ),
  ];
}
