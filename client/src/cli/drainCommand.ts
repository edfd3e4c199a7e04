import type { Command } from "commander";
import { answerOf } from "../unwrapResponse.js";
import type { components } from "../schema.js";
import { tableText } from "./resultWriters.js";
import { clientOf } from "./commandClient.js";
import { duration, paint, plain, print, time } from "./terminal.js";

type Schemas = components["schemas"];
type Contents = Schemas["ScheddContents"];

/** Makes the command `drain`. */
export function addDrain(program: Command): void {
  program
    .command("drain")
    .description(
      "show what is queued, leased and dead at a schedd; without --schedd, the same of all in short",
    )
    .option("-s, --schedd <name>", "an HTCondor access point")
    .addHelpText(
      "after",
      `
Examples:
  ewms drain
  ewms drain --schedd grid-submitter.icecube.wisc.edu`,
    )
    .action(async ({ schedd }: { schedd?: string }, command: Command) => {
      const client = clientOf(command);
      if (schedd === undefined) {
        const { schedds } = await answerOf(client.GET("/v1/schedds"));
        await print(scheddsTable(schedds));
        return;
      }
      const params = { path: { schedd } };
      const contents = await answerOf(client.GET("/v1/schedds/{schedd}", { params }));
      for (const line of scheddLines(contents)) await print(line);
    });
}

function scheddsTable(schedds: Schemas["ScheddState"][]): string {
  const rows = schedds.map(({ schedd, last_poll, starter, stopper }) => [
    plain(schedd),
    last_poll === null ? "never" : time(last_poll),
    inShort(starter),
    inShort(stopper),
  ]);
  return rows.length === 0
    ? "There are no schedds."
    : tableText(["SCHEDD", "LAST POLL", "TO START", "TO STOP"], rows);
}

const inShort = ({ waiting, leased, delayed, dead }: Schemas["QueueState"]): string =>
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
export function scheddLines(state: Contents): string[] {
  const { schedd, last_poll, taskforces_by_phase, starter, stopper } = state;
  const polled =
    last_poll === null ? "No TMS has ever asked for it" : `A TMS asked for it at ${time(last_poll)}`;
  const phases = Object.entries(taskforces_by_phase).map(([phase, count]) => `${phase} ${count}`);
  return [
    `${paint("bold", plain(schedd))}: ${phases.join(", ") || "no taskforces"}. ${polled}.`,
    ...queueLines("To start", starter),
    ...queueLines("To stop", stopper),
  ];
}

function queueLines(title: string, queue: Contents["starter"]): string[] {
  const longest = queue.waiting === 0 ? "" : `, the longest for ${duration(queue.oldest_waiting_seconds)}`;
  return [
    "",
    `${paint("bold", title)}: ${queue.waiting} wait${longest}; ${queue.leased} leased, ${queue.delayed} delayed, ${queue.dead} dead`,
    ...queue.next.map((uuid) => `  next    ${uuid}`),
    ...queue.leases.map(({ taskforce_uuid, since }) => `  leased  ${taskforce_uuid} since ${time(since)}`),
    ...queue.dead_letters.map(
      ({ taskforce_uuid, reason, timestamp }) =>
        `  ${paint("red", "dead")}    ${taskforce_uuid} since ${time(timestamp)}: ${plain(reason)}`,
    ),
  ];
}
