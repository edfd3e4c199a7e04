import type { Command } from "commander";
import type { Taskforce } from "../apiTypes.js";
import type { Client } from "../client.js";
import { formatCount } from "../format.js";
import { groupBy } from "../groupBy.js";
import { type IdKind, idParser, possibleKindsOf } from "./argumentParsers.js";
import { createCommandClient } from "./commandClient.js";
import { findId } from "./findId.js";
import { runInterruptible } from "./interrupt.js";
import { readFirstFound } from "./readCommands.js";
import { formatExamples, type Terminal, toOneLine } from "./terminal.js";

const FIELDS = ["taskforce_uuid", "phase", "schedd", "cluster_id", "job_event_log_fpath"] as const;
type Logged = Pick<Taskforce, (typeof FIELDS)[number]>;

const ID_FIELDS: Readonly<Record<IdKind, string>> = {
  workflow: "workflow_id",
  "task directive": "task_id",
  taskforce: "taskforce_uuid",
};

/** Adds the command `logs`. */
export function addLogsCommand(program: Command, terminal: Terminal): void {
  program
    .command("logs")
    .description("show where HTCondor logs the workers of a workflow, task or taskforce, and the commands to read it")
    .argument("<id>", "WF-…, TK-… or TF-…", idParser("workflow", "task directive", "taskforce"))
    .option("--json", "one JSON object per taskforce and line")
    .addHelpText("after", formatExamples("ewms logs WF-6b055875-627b889b", "ewms logs - --json | jq .cluster_id"))
    .action((text: string, { json }: { json?: true }) =>
      runInterruptible(async (signal) => {
        const client = createCommandClient(program, terminal);
        const id = await findId(terminal, client, text, ["workflow", "task directive", "taskforce"]);
        const found = await readLogs(client, id, signal);
        await terminal.print(...(json ? found.map((each) => JSON.stringify(each)) : describeLogs(terminal, id, found)));
      }),
    );
}

/** Reads the taskforces of an id. @throws ApiError 404 for an unknown id */
async function readLogs(client: Client, id: string, signal: AbortSignal): Promise<Logged[]> {
  const found: Logged[] = [];
  for (const kind of possibleKindsOf(id)) {
    const search = { query: { [ID_FIELDS[kind]]: id }, projection: [...FIELDS] };
    for await (const taskforce of client.query("taskforces", search, signal)) found.push(taskforce as Logged);
    if (found.length > 0) return found;
  }
  await readFirstFound(client, id, possibleKindsOf(id));
  return found;
}

function describeLogs(terminal: Terminal, id: string, taskforces: readonly Logged[]): string[] {
  const submitted = taskforces.filter(({ cluster_id }) => cluster_id !== null);
  const n_missing = taskforces.length - submitted.length;
  const missing = `${formatCount(n_missing, "taskforce")} without a cluster: not submitted to HTCondor`;
  if (submitted.length === 0)
    return [`${id} has no logs: none of its taskforces was submitted to HTCondor; ewms why ${id} explains waits.`];
  const sections = [...groupBy(submitted, ({ schedd }) => schedd)].map(([schedd, ofSchedd]) => [
    terminal.colorize("bold", toOneLine(schedd)),
    ...[...groupBy(ofSchedd, ({ job_event_log_fpath }) => job_event_log_fpath)].flatMap(([path, ofPath]) => [
      `  ${sshCommand(schedd, `tail -f ${shellWord(path)}`)}`,
      ...ofPath.map(
        (taskforce) => `  ${sshCommand(schedd, condorCommand(taskforce))}    # ${taskforce.taskforce_uuid}`,
      ),
    ]),
  ]);
  const lines = sections.flatMap((section, index) => (index === 0 ? section : ["", ...section]));
  return n_missing === 0 ? lines : [...lines, "", missing];
}

/** HTCondor's queue forgets a cluster that has ended. */
const condorCommand = ({ phase, cluster_id }: Logged): string =>
  `${phase === "condor-complete" || phase === "condor-rm" ? "condor_history" : "condor_q"} ${cluster_id}`;

/** A command at an access point. The remote shell parses it once more. */
const sshCommand = (schedd: string, command: string): string =>
  toOneLine(`ssh ${shellWord(schedd)} ${/['"\\$`]/.test(command) ? shellWord(command) : command}`);

/** A text as one word of a shell. */
const shellWord = (text: string): string =>
  /^[\w./:@%+=-]+$/.test(text) && !text.startsWith("-") ? text : `'${text.replaceAll("'", "'\\''")}'`;
