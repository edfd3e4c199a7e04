import { cutTopTaskErrors } from "../../domain/cutReports.js";
import { cutText } from "../../domain/cutText.js";
import { PHASE_LOG_LIMITS, PHASE_LOG_TRIMMER } from "../../domain/entityLimits.js";
import { DEFAULT_PRIORITY } from "../../domain/taskforce.js";
import type { MongoDocument, WorkflowDocuments } from "./mongoDocument.js";

/**
 * Brings a document of an earlier version of the existing service up to date, in place.
 *
 * @param documents all documents of the workflow
 * @returns whether the rule changed something
 */
export type Rule = (document: MongoDocument, documents: WorkflowDocuments) => boolean;

/** Sets fields that a document lacks. */
const fill =
  (values: Record<string, () => unknown>): Rule =>
  (document) => {
    const missing = Object.entries(values).filter(([name]) => document[name] === undefined);
    for (const [name, value] of missing) document[name] = value();
    return missing.length > 0;
  };

/** Removes fields that later versions do not have. */
const drop =
  (...names: string[]): Rule =>
  (document) => {
    const found = names.filter((name) => name in document);
    for (const name of found) delete document[name];
    return found.length > 0;
  };

const asObject = (value: unknown): MongoDocument | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as MongoDocument) : undefined;

const logOf = ({ phase_change_log: log }: MongoDocument): MongoDocument[] => (Array.isArray(log) ? log : []);

/** Phases by their names in earlier versions. */
const FORMER_PHASES: Readonly<Record<string, string>> = { "pre-mq-activator": "pre-mq-activation" };

/** The rules for workflows, in the order of their application. `docs/operations/cutover.md` lists them. */
export const WORKFLOW_RULES: Readonly<Record<string, Rule>> = {
  "workflow: aborted becomes deactivated": (workflow, { taskforces }) => {
    if (!("aborted" in workflow)) return false;
    const { aborted, ...rest } = workflow;
    delete workflow["aborted"];
    if (rest["deactivated"] !== undefined) return true;
    const stopped = taskforces.flatMap(logOf).filter(({ target_phase }) => target_phase === "pending-stopper");
    const times = stopped.map(({ timestamp }) => Number(timestamp)).sort((one, other) => one - other);
    workflow["deactivated"] = aborted === true ? "ABORTED" : null;
    workflow["deactivated_ts"] = aborted === true ? (times[0] ?? workflow["timestamp"]) : null;
    return true;
  },
  "workflow: fields of the activation are dropped": drop("mq_activated_ts", "_mq_activation_retry_at_ts"),
  "workflow: missing fields": fill({
    priority: () => DEFAULT_PRIORITY,
    deactivated: () => null,
    deactivated_ts: () => null,
  }),
};

/** The rules for task directives. */
export const DIRECTIVE_RULES: Readonly<Record<string, Rule>> = {
  "task directive: a list of arguments becomes a text": (directive) => {
    const { task_args: args } = directive;
    if (!Array.isArray(args)) return false;
    directive["task_args"] = args.join(" ");
    return true;
  },
  "task directive: missing fields": fill({
    task_args: () => "",
    task_env: () => ({}),
    init_image: () => "",
    init_args: () => "",
    init_env: () => ({}),
    input_queues: () => [],
    output_queues: () => [],
  }),
};

/** The rules for taskforces. */
export const TASKFORCE_RULES: Readonly<Record<string, Rule>> = {
  "taskforce: the collector is dropped": (taskforce) => {
    const hadOne = typeof taskforce["collector"] === "string";
    taskforce["collector"] = null;
    return hadOne;
  },
  "taskforce: the priority of the workflow": (taskforce, { workflow }) => {
    if (taskforce["priority"] !== undefined) return false;
    taskforce["priority"] = workflow?.["priority"] ?? DEFAULT_PRIORITY;
    return true;
  },
  "taskforce: a former name of a phase": (taskforce) => {
    const former = FORMER_PHASES[String(taskforce["phase"])];
    if (former !== undefined) taskforce["phase"] = former;
    return former !== undefined;
  },
  "taskforce: condor_complete_ts becomes a phase": (taskforce) => {
    if (!("condor_complete_ts" in taskforce)) return false;
    const { condor_complete_ts: completed } = taskforce;
    delete taskforce["condor_complete_ts"];
    if (typeof completed !== "number" || taskforce["phase"] === "condor-complete") return true;
    taskforce["phase"] = "condor-complete";
    taskforce["phase_change_log"] = [
      ...logOf(taskforce),
      {
        target_phase: "condor-complete",
        timestamp: completed,
        was_successful: true,
        source_event_time: completed,
        source_entity: "TMS",
        context: "",
      },
    ];
    return true;
  },
  "taskforce: missing fields": fill({
    n_workers: () => null,
    cluster_id: () => null,
    submit_dict: () => ({}),
    job_event_log_fpath: () => "",
    phase_change_log: () => [],
    compound_statuses: () => ({}),
    top_task_errors: () => ({}),
    pilot_config: () => ({}),
    worker_config: () => ({}),
  }),
  "pilot_config: missing fields": (taskforce, documents) => {
    const pilot = asObject(taskforce["pilot_config"]);
    const fillPilot = fill({
      tag: () => "latest",
      image_source: () => "cvmfs",
      environment: () => ({}),
      input_files: () => [],
    });
    return pilot !== undefined && fillPilot(pilot, documents);
  },
  "worker_config: missing fields": (taskforce, documents) => {
    const worker = asObject(taskforce["worker_config"]);
    const fillWorker = fill({
      do_transfer_worker_stdouterr: () => false,
      max_worker_runtime: () => 0,
      n_cores: () => 1,
      priority: () => 0,
      worker_disk: () => "",
      worker_memory: () => "",
      condor_requirements: () => "",
    });
    return worker !== undefined && fillWorker(worker, documents);
  },
  "phase_change_log: missing fields": (taskforce, documents) => {
    const fillEntry = fill({ source_event_time: () => null, source_entity: () => "", context: () => "" });
    return logOf(taskforce).filter((entry) => fillEntry(entry, documents)).length > 0;
  },
  "phase_change_log: cut to the limits of live data": (taskforce) => {
    const log = logOf(taskforce);
    let isCut = false;
    for (const entry of log) {
      const { text, cutFromBytes } = cutText(String(entry["context"]));
      if (cutFromBytes === undefined) continue;
      entry["context"] = text;
      isCut = true;
    }
    const { maxEntries, trimmedEntries, headEntries } = PHASE_LOG_LIMITS;
    if (log.length <= maxEntries) return isCut;
    const tailEntries = trimmedEntries - headEntries - 1;
    const leftOut = log.slice(headEntries, -tailEntries);
    const marker = {
      ...leftOut.at(-1),
      source_event_time: null,
      source_entity: PHASE_LOG_TRIMMER,
      context: `${leftOut.length} entries were left out here.`,
    };
    taskforce["phase_change_log"] = [...log.slice(0, headEntries), marker, ...log.slice(-tailEntries)];
    return true;
  },
  "top_task_errors: cut to the limits of live data": (taskforce) => {
    const errors = asObject(taskforce["top_task_errors"]);
    if (errors === undefined) return false;
    const { value, cut } = cutTopTaskErrors(errors as Record<string, number>);
    taskforce["top_task_errors"] = value;
    return cut !== undefined;
  },
};
