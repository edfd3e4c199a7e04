import { indexedOrigin, originOf } from "./annotations.js";
import { DocumentSelection } from "./documents.js";
import { type EntityKind, INDEXED_FIELDS } from "./keys.js";
import { creationTime, type TaskforceRecord } from "./records.js";
import { parseFields } from "./repositories.js";
import type { HashFields } from "./wholeWorkflows.js";

const selectIndexed = (kind: EntityKind, ...others: string[]) =>
  new DocumentSelection(kind, new Set([...INDEXED_FIELDS[kind], ...others, "timestamp"]));
const INDEXED_MEMBERS: Record<EntityKind, DocumentSelection> = {
  workflow: selectIndexed("workflow", "deactivated"),
  task: selectIndexed("task"),
  taskforce: selectIndexed("taskforce", "phase", "top_task_errors", "phase_change_log"),
};

/** The members of an entity's document on which its indexes depend. @param fields of its record */
export function indexedDocument(kind: EntityKind, id: string, fields: HashFields): object & { timestamp: number } {
  const record = parseFields(kind, fields);
  // The documents of the other kinds hold it.
  const timestamp = kind === "taskforce" ? creationTime(record as TaskforceRecord) : 0;
  const members = INDEXED_MEMBERS[kind].valuesOf({ ...record, id, timestamp }) as { timestamp: number };
  return kind === "workflow" ? { ...members, ...indexedOrigin(originOf(fields)) } : members;
}
