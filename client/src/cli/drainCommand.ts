import type { Command } from "commander";
import type { components } from "../schema.js";
import { unwrapResponse } from "../unwrapResponse.js";
import { createCommandClient } from "./commandClient.js";
import { formatTable } from "./resultWriters.js";
import { colorize, durationText, printLine, replaceControlCharacters, timeText } from "./terminal.js";

type Schemas = components["schemas"];
type ScheddContents = Schemas["ScheddContents"];

/** Makes the command `drain`. */
export function addDrainCommand(program: Command): void {
  program
    .command("drain")
    .description("show what is queued, leased and dead at a schedd; without --schedd, the same of all in short")
    .option("-s, --schedd <name>", "an HTCondor access point")
    .addHelpText(
      "after",
      `
Examples:
  ewms drain
  ewms drain --schedd grid-submitter.icecube.wisc.edu`,
    )
    .action(async ({ schedd }: { schedd?: string }, command: Command) => {
      const client = createCommandClient(command);
      if (schedd === undefined) {
        const { schedds } = await unwrapResponse(client.GET("/v1/schedds"));
        await printLine(scheddsTable(schedds));
        return;
      }
      const params = { path: { schedd } };
      const contents = await unwrapResponse(client.GET("/v1/schedds/{schedd}", { params }));
      for (const line of formatSchedd(contents)) await printLine(line);
    });
}

function scheddsTable(schedds: Schemas["ScheddState"][]): string {
  const rows = schedds.map(({ schedd, last_poll, starter, stopper }) => [
    replaceControlCharacters(schedd),
    last_poll === null ? "never" : timeText(last_poll),
    queueCountsText(starter),
    queueCountsText(stopper),
  ]);
  return rows.length === 0
    ? "There are no schedds."
    : formatTable(["SCHEDD", "LAST POLL", "TO START", "TO STOP"], rows);
}

const queueCountsText = ({ waiting, leased, delayed, dead }: Schemas["QueueState"]): string =>
  [
    [waiting, "wait"],
    [leased, "leased"],
    [delayed, "delayed"],
    [dead, "dead"],
  ]
    .filter(([count]) => count !== 0)
    .map(([count, word]) => `${count} ${word}`)
    .join(", ") || "-";

/** A schedd's two queues, and what is in them. */
export function formatSchedd(state: ScheddContents): string[] {
  const { schedd, last_poll, taskforces_by_phase, starter, stopper } = state;
  const polled = last_poll === null ? "No TMS has ever asked for it" : `A TMS asked for it at ${timeText(last_poll)}`;
  const phases = Object.entries(taskforces_by_phase).map(([phase, count]) => `${phase} ${count}`);
  return [
    `${colorize("bold", replaceControlCharacters(schedd))}: ${phases.join(", ") || "no taskforces"}. ${polled}.`,
    ...formatQueue("To start", starter),
    ...formatQueue("To stop", stopper),
  ];
}

function formatQueue(title: string, queue: ScheddContents["starter"]): string[] {
  const longest = queue.waiting === 0 ? "" : `, the longest for ${durationText(queue.oldest_waiting_seconds)}`;
  return [
    "",
    `${colorize("bold", title)}: ${queue.waiting} wait${longest}; ${queue.leased} leased, ${queue.delayed} delayed, ${queue.dead} dead`,
    ...queue.next.map((uuid) => `  next    ${uuid}`),
    ...queue.leases.map(({ taskforce_uuid, since }) => `  leased  ${taskforce_uuid} since ${timeText(since)}`),
    ...queue.dead_letters.map(
      ({ taskforce_uuid, reason, timestamp }) =>
        `  ${colorize("red", "dead")}    ${taskforce_uuid} since ${timeText(timestamp)}: ${replaceControlCharacters(reason)}`,
    ),
  ];
}
