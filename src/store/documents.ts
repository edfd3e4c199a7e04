import { type TaskforceUuid, type TaskId, taskOf, workflowOf } from "../domain/ids.js";
import { taskDirectiveSchema } from "../domain/taskDirective.js";
import { workflowSchema } from "../domain/workflow.js";
import { type EntityKind, ID_FIELD } from "./keys.js";
import {
  creationTime,
  EMPTY_SUBMISSION,
  phaseChanges,
  phaseLogJson,
  type StoredTaskforce,
  type WorkflowRecord,
} from "./records.js";
import type { RecordByKind } from "./repositories.js";

/** What is known of an entity: its id, its creation time in epoch seconds, and some fields of its record. */
export interface EntityPart {
  readonly id: string;
  readonly timestamp: number;
  /** The configuration of a taskforce as JSON text. */
  readonly configurationJson?: string;
  readonly [field: string]: string | number | null | undefined;
}

/** Neighboring members of a document that come from the same fields of the record. */
interface MemberGroup {
  readonly names: readonly string[];
  readonly fields: readonly string[];
  /** The members as JSON text, without braces. */
  json(part: EntityPart): string;
  values(part: EntityPart): object;
}

const parseMembers = (json: string): object => JSON.parse(`{${json}}`) as object;

/** A group whose members are stored as JSON text. */
const jsonGroup = (
  names: readonly string[],
  fields: readonly string[],
  json: (part: EntityPart) => string,
): MemberGroup => ({ names, fields, json, values: (part) => parseMembers(json(part)) });

/** A member whose value is a text, a number or null. */
const scalar = (
  name: string,
  value: (part: EntityPart) => string | number | null,
  fields: readonly string[] = [],
): MemberGroup => ({
  names: [name],
  fields,
  json: (part) => `"${name}":${JSON.stringify(value(part))}`,
  values: (part) => ({ [name]: value(part) }),
});

const textField = (name: string): MemberGroup =>
  scalar(name, (part) => (part[name] as string | null | undefined) ?? null, [name]);
const numberField = (name: string): MemberGroup =>
  scalar(name, (part) => (part[name] == null ? null : Number(part[name])), [name]);
const mapField = (name: string): MemberGroup => jsonGroup([name], [name], (part) => `"${name}":${part[name] ?? "{}"}`);

const TIMESTAMP = scalar("timestamp", ({ timestamp }) => timestamp);
const WORKFLOW_ID = scalar("workflow_id", ({ id }) => workflowOf(id as TaskId));

/** The two members of a submission as JSON text. Within a JSON text, the quotes of the second name would be escaped. */
function splitSubmission({ submission }: EntityPart): [string, string] {
  const members = (submission as string | null | undefined) ?? EMPTY_SUBMISSION;
  const second = members.lastIndexOf(',"job_event_log_fpath":') + 1;
  return [members.slice(0, second - 1), members.slice(second)];
}

/** The document of a kind of entity: the only place that says how its members follow from the record. */
interface DocumentShape {
  /** Members that are known from an entry of an index, in the order of the document. */
  readonly ofEntry: readonly MemberGroup[];
  /** All members, in the order of the document. */
  readonly whole: readonly MemberGroup[];
}

const ownId = (kind: EntityKind): MemberGroup => scalar(ID_FIELD[kind], ({ id }) => id);
const TASKFORCE_IDENTITY = [
  ownId("taskforce"),
  scalar("task_id", ({ id }) => taskOf(id as TaskforceUuid)),
  WORKFLOW_ID,
  TIMESTAMP,
];
/** The members that are stored as one JSON text. */
const docGroup = (names: readonly string[]): MemberGroup =>
  jsonGroup(names, ["doc"], ({ doc }) => (doc as string).slice(1, -1));
/** Members of a workflow that change. */
const DEACTIVATION = [textField("deactivated"), numberField("deactivated_ts")];
const deactivationNames = DEACTIVATION.flatMap(({ names }) => names);

const SHAPES: Record<EntityKind, DocumentShape> = {
  workflow: {
    ofEntry: [ownId("workflow"), TIMESTAMP],
    whole: [
      docGroup(Object.keys(workflowSchema.shape).filter((name) => !deactivationNames.includes(name))),
      ...DEACTIVATION,
    ],
  },
  task: {
    ofEntry: [ownId("task"), WORKFLOW_ID, TIMESTAMP],
    whole: [docGroup(Object.keys(taskDirectiveSchema.shape))],
  },
  taskforce: {
    ofEntry: TASKFORCE_IDENTITY,
    whole: [
      ...TASKFORCE_IDENTITY,
      numberField("priority"),
      scalar("collector", () => null),
      textField("schedd"),
      numberField("n_workers"),
      jsonGroup(["pilot_config", "worker_config"], ["configuration"], ({ configurationJson }) =>
        (configurationJson as string).slice(1, -1),
      ),
      numberField("cluster_id"),
      jsonGroup(["submit_dict"], ["submission"], (part) => splitSubmission(part)[0]),
      jsonGroup(["job_event_log_fpath"], ["submission"], (part) => splitSubmission(part)[1]),
      textField("phase"),
      {
        names: ["phase_change_log"],
        fields: ["log"],
        json: ({ log }) => `"phase_change_log":${phaseLogJson(log as string)}`,
        values: ({ log }) => ({ phase_change_log: phaseChanges({ log: log as string }) }),
      },
      mapField("compound_statuses"),
      mapField("top_task_errors"),
    ],
  },
};

/** A field that every record of a kind has, and the smallest of them. */
const REQUIRED_FIELD = { workflow: "n_queues", task: "doc", taskforce: "phase" } as const satisfies {
  [K in EntityKind]: keyof RecordByKind[K];
};

/** From where the value of a document's member comes. */
export type MemberOrigin = "entry" | "configuration" | "record";

/** From where a top-level member of a document comes. A document has no member of another name, so that is known from the entry. */
export function originOf(kind: EntityKind, name: string): MemberOrigin {
  const { ofEntry, whole } = SHAPES[kind];
  const group = [...ofEntry, ...whole].find(({ names }) => names.includes(name));
  if (group === undefined || group.fields.length === 0) return "entry";
  return group.fields.includes("configuration") ? "configuration" : "record";
}

/** How to show a member of a projected document: null for all of it, or a function that returns the part to show. */
export type ShownMembers = ReadonlyMap<string, null | ((value: unknown) => unknown)>;

/** Some top-level members of the documents of a kind, or all. */
export class DocumentSelection {
  readonly #groups: readonly MemberGroup[];
  /** The fields of the record that they need, after one that every record has. Empty: an entry of an index is enough. */
  readonly recordFields: readonly string[];
  /** Whether the text of the configuration is needed. */
  readonly needsConfiguration: boolean;

  /**
   * @param names undefined: all members
   * @param options.withDigest whether the digest of the configuration is needed too
   */
  constructor(kind: EntityKind, names?: ReadonlySet<string>, { withDigest = false }: { withDigest?: boolean } = {}) {
    const { ofEntry, whole } = SHAPES[kind];
    const isWanted = (name: string) => names?.has(name) ?? true;
    const select = (groups: readonly MemberGroup[]) => groups.filter((group) => group.names.some(isWanted));
    const known = new Set(ofEntry.flatMap((group) => group.names));
    const wanted = whole.flatMap((group) => group.names).filter(isWanted);
    this.#groups = select(wanted.every((name) => known.has(name)) ? ofEntry : whole);
    const fields = new Set(this.#groups.flatMap((group) => group.fields));
    this.needsConfiguration = fields.has("configuration");
    if (withDigest) fields.add("configuration");
    this.recordFields = fields.size === 0 ? [] : [...new Set([REQUIRED_FIELD[kind], ...fields])];
  }

  /** The members as an object. */
  valuesOf(part: EntityPart): object {
    const [first, ...others] = this.#groups;
    if (first === undefined) return {};
    const values = first.values(part);
    for (const group of others) Object.assign(values, group.values(part));
    return values;
  }

  /** The document with these members as JSON text. @param shown only the members that it names */
  jsonOf(part: EntityPart, shown?: ShownMembers): string {
    return [...this.jsonTexts(part, shown)].join("");
  }

  /** The texts that {@link jsonOf} joins, made one by one: of a large document, each takes some time. */
  *jsonTexts(part: EntityPart, shown?: ShownMembers): Generator<string> {
    let separator = "{";
    for (const group of this.#groups) {
      const isWhole = shown === undefined || group.names.every((name) => shown.get(name) === null);
      for (const member of isWhole ? [group.json(part)] : shownMembers(group.values(part), shown)) {
        yield separator;
        yield member;
        separator = ",";
      }
    }
    yield separator === "{" ? "{}" : "}";
  }
}

function* shownMembers(values: object, shown: ShownMembers): Generator<string> {
  for (const [name, value] of Object.entries(values)) {
    const show = shown.get(name);
    const part = show === null ? value : show?.(value);
    if (part !== undefined) yield `"${name}":${JSON.stringify(part)}`;
  }
}

const [WHOLE_WORKFLOW, WHOLE_TASKFORCE] = [new DocumentSelection("workflow"), new DocumentSelection("taskforce")];

/** A workflow as JSON text. Its id and creation time are in the record. */
export const workflowJson = (record: WorkflowRecord): string =>
  WHOLE_WORKFLOW.jsonOf({ ...record, id: "", timestamp: 0 });

/** A taskforce as JSON text. */
export const taskforceJson = (stored: StoredTaskforce): string =>
  WHOLE_TASKFORCE.jsonOf({ ...stored, id: stored.uuid, timestamp: creationTime(stored) });
