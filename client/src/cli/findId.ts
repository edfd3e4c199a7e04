import type { Client } from "../client.js";
import { listWorkflowPages } from "../workflowList.js";
import { checkKind, type IdKind, type IdKinds, isCompleteId, LAST_ID, possibleKindsOf } from "./argumentParsers.js";
import { CommandError, EXIT_CODE, usageError } from "./exitCodes.js";
import { readLastId } from "./lastId.js";
import { takeResults } from "./resultWriters.js";
import type { Terminal } from "./terminal.js";

/** Ids that the error of an ambiguous beginning lists. */
const MAX_LISTED = 5;

/**
 * The id that an argument stands for: a whole id, the beginning of a single one, or the last id for `-`. Other commands
 * can refer to it by `-` once this command has succeeded.
 *
 * @throws CommandError when there is no such id, or several
 */
export async function findId(terminal: Terminal, client: Client, text: string, expected: IdKinds): Promise<string> {
  const id = text === LAST_ID ? await lastId(terminal, client, expected) : await idBeginningWith(client, text);
  terminal.usedId = { url: client.url, id };
  return id;
}

/** {@link findId} for workflows. */
export const findWorkflowId = (terminal: Terminal, client: Client, text: string): Promise<string> =>
  findId(terminal, client, text, ["workflow"]);

async function lastId({ io }: Terminal, { url }: Client, expected: IdKinds): Promise<string> {
  const last = await readLastId(io.env, url);
  if (last === undefined) throw usageError(`there is no last id at ${url} yet: give one; ewms ls lists workflows`);
  const [, workflow] = /^T[KF]-([0-9a-f]+-[0-9a-f]{8})-/.exec(last) ?? [];
  const id = workflow !== undefined && expected.every((kind) => kind === "workflow") ? `WF-${workflow}` : last;
  checkKind(id, expected);
  return id;
}

async function idBeginningWith(client: Client, text: string): Promise<string> {
  if (isCompleteId(text)) return text;
  const [kind] = possibleKindsOf(text);
  const found: string[] = [];
  for await (const id of takeResults(MAX_LISTED + 1, FINDERS[kind](client, text))) found.push(id);
  const [only] = found;
  if (only === undefined) throw new CommandError(EXIT_CODE.notFound, `no ${kind} found with id: ${text}`);
  if (found.length === 1) return only;
  const listed = [...found.slice(0, MAX_LISTED), ...(found.length > MAX_LISTED ? ["…"] : [])].join(", ");
  throw usageError(`several ids begin with ${text}: give more of one: ${listed}`);
}

const FINDERS: Readonly<Record<IdKind, (client: Client, beginning: string) => AsyncGenerator<string>>> = {
  async *workflow(client, beginning) {
    // The words of a search also occur elsewhere, such as in names.
    for await (const { rows } of listWorkflowPages(client, { q: beginning }, Number.POSITIVE_INFINITY))
      yield* rows.map(({ workflow_id }) => workflow_id).filter((id) => id.startsWith(beginning));
  },
  async *"task directive"(client, beginning) {
    const search = { query: { task_id: { $regex: `^${beginning}` } }, projection: ["task_id"] };
    for await (const { task_id } of client.query("task-directives", search)) if (task_id) yield task_id;
  },
  async *taskforce(client, beginning) {
    const search = { query: { taskforce_uuid: { $regex: `^${beginning}` } }, projection: ["taskforce_uuid"] };
    for await (const { taskforce_uuid } of client.query("taskforces", search)) if (taskforce_uuid) yield taskforce_uuid;
  },
};
