import type { Command } from "commander";
import { formatDuration } from "../format.js";
import type { components } from "../schema.js";
import { unwrapResponse } from "../unwrapResponse.js";
import { createCommandClient } from "./commandClient.js";
import { formatTable } from "./resultWriters.js";
import { formatExamples, type Terminal, timeText, toOneLine } from "./terminal.js";

type ClusterLocation = components["schemas"]["ClusterLocation"];

/** Adds the command `locations`. */
export function addLocationsCommand(program: Command, terminal: Terminal): void {
  program
    .command("locations")
    .description("list the cluster locations for requests, and whether a TMS polls there")
    .option("--json", "one JSON object per location and line")
    .addHelpText("after", formatExamples("ewms locations", "ewms locations --json | jq 'select(.is_polling)'"))
    .action(async ({ json }: { json?: true }) => {
      const { locations } = await unwrapResponse(createCommandClient(program, terminal).GET("/v1/locations"));
      if (json) await terminal.print(...locations.map((each) => JSON.stringify(each)));
      else await terminal.print(locationsTable(terminal, locations));
    });
}

function locationsTable(terminal: Terminal, locations: ClusterLocation[]): string {
  if (locations.length === 0) return "There are no locations.";
  const rows = locations.map((each) => [
    toOneLine(each.location),
    toOneLine(each.schedd),
    each.alias_of === null ? "-" : toOneLine(each.alias_of),
    tmsText(terminal, each),
  ]);
  return formatTable(terminal, ["LOCATION", "SCHEDD", "ALIAS OF", "TMS"], rows);
}

function tmsText(terminal: Terminal, { last_poll, is_polling }: ClusterLocation): string {
  if (last_poll === null) return terminal.colorize("yellow", "never polled");
  if (!is_polling) return terminal.colorize("yellow", `silent since ${timeText(last_poll)}`);
  return `polls, last ${formatDuration(Date.now() / 1000 - last_poll)} ago`;
}
