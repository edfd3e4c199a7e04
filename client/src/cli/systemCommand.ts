import type { Command } from "commander";
import { formatBytes, formatCount, formatDuration, formatMilliseconds } from "../format.js";
import type { components } from "../schema.js";
import { describePersistence, isQueueInUse } from "../systemState.js";
import { unwrapResponse } from "../unwrapResponse.js";
import { createCommandClient } from "./commandClient.js";
import { formatTable } from "./resultWriters.js";
import { formatExamples, type Terminal, timeText, toOneLine } from "./terminal.js";

type Schemas = components["schemas"];
type SystemState = Schemas["SystemState"];

/** Adds the command `system`. */
export function addSystemCommand(program: Command, terminal: Terminal): void {
  program
    .command("system")
    .description("show the state of the service: processes, Redis, the services that it calls, queues")
    .option("--json", "the whole state as JSON in one line")
    .addHelpText("after", formatExamples("ewms system", "ewms system --json | jq .versions"))
    .action(async ({ json }: { json?: true }) => {
      const system = await unwrapResponse(createCommandClient(program, terminal).GET("/v1/system"));
      await terminal.print(...(json ? [JSON.stringify(system)] : formatSystem(terminal, system)));
    });
}

function formatSystem(terminal: Terminal, system: SystemState): string[] {
  const { processes, versions, layout, upstreams, reconcile, clock_difference_seconds: clockSeconds } = system;
  const upgrade = versions.length > 1 ? terminal.colorize("yellow", ": an upgrade is under way") : "";
  const workers = processes.filter(({ role }) => role.split(" ").includes("worker")).length;
  return [
    `${terminal.colorize("bold", `ewms-wms ${versions.join(", ")}`)}${upgrade}`,
    `Processes: ${processes.length}, ${workers === 0 ? terminal.colorize("red", "none with workers") : `${workers} with workers`}`,
    `MQS: ${upstreamText(terminal, upstreams.mqs)}`,
    `Identity provider: ${upstreamText(terminal, upstreams.identity_provider)}`,
    ...(upstreams.pilot_images === null ? [] : [`Pilot images: ${upstreamText(terminal, upstreams.pilot_images)}`]),
    `Reconcile: ${reconcileText(reconcile)}`,
    // A service of an earlier release does not report it.
    ...(system.retention == null ? [] : [`Retention: ${retentionText(terminal, system.retention)}`]),
    `Clocks: at most ${formatMilliseconds(1000 * clockSeconds)} apart`,
    `Layout: version ${layout.version}, ${formatCount(layout.partitions, "partition")}`,
    "",
    processTable(terminal, processes),
    "",
    redisTable(terminal, system.redis),
    "",
    queueTable(terminal, system.queues),
  ];
}

function upstreamText(terminal: Terminal, upstream: Schemas["UpstreamState"] | null): string {
  if (upstream === null) return "not called";
  const { last_success, failing_since, last_error, latency_ms } = upstream;
  const answer = last_success === null ? "no answer yet" : `last answer ${timeText(last_success)}`;
  if (failing_since === null) return latency_ms === null ? answer : `${answer} in ${formatMilliseconds(latency_ms)}`;
  // Null for callers who are not operators.
  const reason = last_error?.message == null ? "" : ` (${toOneLine(last_error.message)})`;
  return `${terminal.colorize("red", `failing since ${timeText(failing_since)}`)}${reason}; ${answer}`;
}

function reconcileText(pass: SystemState["reconcile"]): string {
  if (pass === null) return "no pass yet";
  const { at, seconds, added, dropped } = pass;
  return `last pass ${timeText(at)} took ${formatMilliseconds(1000 * seconds)}, added ${formatCount(added, "job")}, dropped ${dropped}`;
}

function retentionText(terminal: Terminal, state: NonNullable<SystemState["retention"]>): string {
  const { last_run: run, up_to, is_behind } = state;
  const counts =
    run === null
      ? "no run yet"
      : `last run ${timeText(run.at)} archived ${run.archived}, removed ${run.removed} workflows`;
  const progress = `complete up to ${timeText(up_to)}`;
  return `${counts}; ${is_behind ? terminal.colorize("yellow", progress) : progress}`;
}

const processTable = (terminal: Terminal, processes: SystemState["processes"]): string =>
  formatTable(
    terminal,
    ["PROCESS", "VERSION", "HOST", "PID", "STARTED", "LOOP DELAY", "MEMORY", "CONNECTIONS", "CLOCK"],
    processes.map((each) => [
      each.role,
      each.version,
      toOneLine(each.host ?? "-"),
      String(each.pid ?? "-"),
      timeText(each.started),
      orDash(each.event_loop_delay_ms, formatMilliseconds),
      orDash(each.rss_bytes, formatBytes),
      String(each.connections ?? "-"),
      orDash(each.clock_difference_seconds, (seconds) => formatMilliseconds(1000 * seconds)),
    ]),
  );

const redisTable = (terminal: Terminal, servers: SystemState["redis"]): string =>
  formatTable(
    terminal,
    ["REDIS", "VERSION", "ROLE", "MEMORY", "DISK", "REPLICAS"],
    servers.map((server) => [
      server.address ?? "-",
      server.version ?? "-",
      server.role ?? "-",
      orDash(server.used_memory_bytes, (used) => formatBytes(used) + limitText(server.max_memory_bytes)),
      diskText(terminal, server.persistence),
      server.replicas.map(replicaText).join(", ") || "-",
    ]),
  );

const limitText = (limitBytes: number | null): string => (limitBytes ? ` of ${formatBytes(limitBytes)}` : "");

function diskText(terminal: Terminal, persistence: SystemState["redis"][number]["persistence"]): string {
  const { text, severity } = describePersistence(persistence);
  if (severity === undefined) return text;
  return terminal.colorize(severity === "error" ? "red" : "yellow", text);
}

const replicaText = ({ address, state, lag_bytes }: SystemState["redis"][number]["replicas"][number]): string =>
  `${address ?? "one"} ${state ?? ""}${lag_bytes === null ? "" : `, ${formatBytes(lag_bytes)} behind`}`;

/** The queues that hold jobs or are paused. */
function queueTable(terminal: Terminal, queues: SystemState["queues"]): string {
  const rows = queues
    .filter(isQueueInUse)
    .map(({ name, waiting, active, delayed, dead, oldest_waiting_seconds, paused }) => [
      toOneLine(name),
      ...[waiting, active, delayed, dead].map(String),
      waiting === 0 ? "-" : orDash(oldest_waiting_seconds, formatDuration),
      paused === false ? "-" : terminal.colorize("yellow", pauseText(paused)),
    ]);
  if (rows.length === 0) return "No queue holds jobs, none is paused.";
  return formatTable(terminal, ["QUEUE", "WAITING", "ACTIVE", "DELAYED", "DEAD", "LONGEST WAIT", "PAUSED"], rows);
}

const pauseText = ({ by, since }: { by: string | null; since: number | null }): string =>
  by === null || since === null ? "by another tool" : `by ${toOneLine(by)} since ${timeText(since)}`;

const orDash = (value: number | null, format: (value: number) => string): string =>
  value === null ? "-" : format(value);
