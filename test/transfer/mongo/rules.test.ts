import { expect, test } from "vitest";
import { type RuleCounts, toExportedWorkflow } from "../../../src/transfer/mongo/documents.js";
import type { WorkflowDocuments } from "../../../src/transfer/mongo/mongoDocument.js";
import { makeDocuments } from "./mongoDocuments.js";

/** Changes documents to an earlier shape, and imports them. */
function convert(change: (documents: ReturnType<typeof makeDocuments>) => void, phase = "condor-submit" as const) {
  const documents = makeDocuments([phase]);
  change(documents);
  const counts: RuleCounts = new Map();
  const result = toExportedWorkflow(String(documents.workflow["workflow_id"]), documents as WorkflowDocuments, counts);
  return { result, rules: Object.fromEntries(counts) };
}

/** The converted workflow. */
function convertOk(...parameters: Parameters<typeof convert>) {
  const { result, rules } = convert(...parameters);
  if ("reject" in result) throw new Error(result.reject.reason);
  const [directive] = result.workflow.task_directives;
  const [taskforce] = result.workflow.taskforces;
  if (directive === undefined || taskforce === undefined) throw new Error("parts are missing");
  return { workflow: result.workflow.workflow, directive, taskforce, extensions: result.workflow.extensions, rules };
}

type Document = Record<string, unknown>;
const taskforceOf = ({ taskforces }: { taskforces: Document[] }) =>
  taskforces[0] as Document & { pilot_config: Document };

test("documents of the present shape need no rule", () => {
  expect(convertOk(() => undefined).rules).toEqual({});
});

test("a flag for an aborted workflow becomes deactivated, at the time of the first stop", () => {
  const { workflow, rules } = convertOk((documents) => {
    const { workflow } = documents;
    for (const name of ["deactivated", "deactivated_ts"]) delete workflow[name];
    Object.assign(workflow, { aborted: true, mq_activated_ts: 1, _mq_activation_retry_at_ts: -1 });
    (taskforceOf(documents)["phase_change_log"] as Document[]).push({
      target_phase: "pending-stopper",
      timestamp: 1_700_000_900,
      was_successful: true,
    });
    taskforceOf(documents)["phase"] = "pending-stopper";
  });
  expect(workflow).toMatchObject({ deactivated: "ABORTED", deactivated_ts: 1_700_000_900 });
  expect(workflow).not.toHaveProperty("aborted");
  expect(rules).toEqual({
    "workflow: aborted becomes deactivated": 1,
    "workflow: fields of the activation are dropped": 1,
    "phase_change_log: missing fields": 1,
  });
});

test("a workflow that was not aborted is active, with the default priority", () => {
  const { workflow } = convertOk((documents) => {
    documents.workflow = {
      workflow_id: documents.workflow["workflow_id"],
      timestamp: documents.workflow["timestamp"],
      aborted: false,
    };
  });
  expect(workflow).toMatchObject({ priority: 50, deactivated: null, deactivated_ts: null });
});

test("a task directive gets the fields of later versions, and its arguments as one text", () => {
  const { directive, rules } = convertOk(({ directives: [directive] }) => {
    for (const name of ["task_env", "init_image", "init_args", "init_env"]) delete directive?.[name];
    Object.assign(directive as Document, { task_args: ["--n", "5"] });
  });
  expect(directive).toMatchObject({ task_args: "--n 5", task_env: {}, init_image: "", init_args: "", init_env: {} });
  expect(rules).toEqual({
    "task directive: a list of arguments becomes a text": 1,
    "task directive: missing fields": 1,
  });
});

test("a taskforce gets the fields of later versions", () => {
  const { taskforce, rules } = convertOk((documents) => {
    const document = taskforceOf(documents);
    for (const name of ["priority", "n_workers", "compound_statuses", "top_task_errors", "phase_change_log"])
      delete document[name];
    delete document.pilot_config["image_source"];
    delete (document["worker_config"] as Document)["condor_requirements"];
    document["collector"] = "collector.example.org";
    documents.workflow["priority"] = 70;
  });
  expect(taskforce).toMatchObject({
    priority: 70,
    collector: null,
    n_workers: null,
    compound_statuses: {},
    top_task_errors: {},
    phase_change_log: [],
    timestamp: 1_700_000_000.127,
    pilot_config: { image_source: "cvmfs" },
    worker_config: { condor_requirements: "" },
  });
  expect(rules).toEqual({
    "taskforce: the collector is dropped": 1,
    "taskforce: the priority of the workflow": 1,
    "taskforce: missing fields": 1,
    "pilot_config: missing fields": 1,
    "worker_config: missing fields": 1,
  });
});

test("former phases and the time of the completion become phases", () => {
  const former = convertOk((documents) => {
    taskforceOf(documents)["phase"] = "pre-mq-activator";
  });
  expect(former.taskforce.phase).toBe("pre-mq-activation");
  const { taskforce } = convertOk((documents) => {
    taskforceOf(documents)["condor_complete_ts"] = 1_700_000_800;
  });
  expect(taskforce.phase).toBe("condor-complete");
  expect(taskforce.phase_change_log.at(-1)).toMatchObject({
    target_phase: "condor-complete",
    timestamp: 1_700_000_800,
    was_successful: true,
  });
  expect(taskforce).not.toHaveProperty("condor_complete_ts");
});

test("logs and errors are cut to the limits of live data", () => {
  const { taskforce, rules } = convertOk((documents) => {
    const document = taskforceOf(documents);
    const [entry] = document["phase_change_log"] as Document[];
    document["phase_change_log"] = Array.from({ length: 1200 }, (_, index) => ({
      ...entry,
      timestamp: index,
      context: index === 0 ? "x".repeat(20_000) : `entry ${index}`,
    }));
    document["top_task_errors"] = Object.fromEntries(Array.from({ length: 1500 }, (_, n) => [`error ${n}`, n]));
  });
  const log = taskforce.phase_change_log;
  expect(log).toHaveLength(900);
  expect(log[0]?.context).toMatch(/\[cut: 20000 bytes\]$/);
  expect(log[49]?.context).toBe("entry 49");
  expect(log[50]).toMatchObject({ source_entity: "WMS", context: "301 entries were left out here." });
  expect(log[51]?.context).toBe("entry 351");
  expect(log.at(-1)?.context).toBe("entry 1199");
  expect(Object.keys(taskforce.top_task_errors)).toHaveLength(1000);
  expect(Object.keys(rules)).toEqual([
    "phase_change_log: cut to the limits of live data",
    "top_task_errors: cut to the limits of live data",
  ]);
});

test("unknown fields are dropped, and counted by their names", () => {
  const { taskforce, rules } = convertOk((documents) => {
    Object.assign(taskforceOf(documents), { _id: "1", note: "x" });
  });
  expect(taskforce).not.toHaveProperty("note");
  expect(rules).toEqual({ "unknown field dropped: note": 1 });
});

test.each<[string, (documents: ReturnType<typeof makeDocuments>) => void, string]>([
  ["an unknown phase", (documents) => Object.assign(taskforceOf(documents), { phase: "lost" }), "taskforces.0.phase: "],
  [
    "a text for a number",
    (documents) => Object.assign(documents.workflow, { priority: "high" }),
    "workflow.priority: ",
  ],
  [
    "an id of another shape",
    (documents) => {
      for (const document of [documents.workflow, ...documents.directives, ...documents.taskforces])
        document["workflow_id"] = "0f3a";
    },
    "workflow_id: 0f3a is neither WF-<hex>-<8 hex> nor 32 hexadecimal digits",
  ],
  [
    "a taskforce of another workflow",
    (documents) => Object.assign(taskforceOf(documents), { taskforce_uuid: "TF-1-00000000-00000000-00000000" }),
    "taskforce_uuid: TF-1-00000000-00000000-00000000 does not contain the id of its workflow",
  ],
  [
    "a taskforce without a task directive",
    (documents) => {
      documents.directives = [];
    },
    "has no task directive",
  ],
])("%s is rejected with its reason", (_, change, reason) => {
  const { result, rules } = convert(change);
  expect("reject" in result && result.reject.reason).toContain(reason);
  expect("reject" in result && result.reject.content).toHaveProperty("taskforces");
  expect(rules).toEqual({});
});

test("parts without a workflow are rejected", () => {
  const { directives, taskforces } = makeDocuments(["pre-launch"]);
  const result = toExportedWorkflow("WF-1-00000000", { workflow: undefined, directives, taskforces }, new Map());
  expect("reject" in result && result.reject.reason).toBe("there is no workflow of this id, but parts of one");
});

test("message queues count as activated when a taskforce has passed the activation", () => {
  expect(convertOk(() => undefined).extensions.workflow).toEqual({ n_queues: "2", mq_activated: "1" });
  const waiting = convertOk((documents) => {
    Object.assign(taskforceOf(documents), { phase: "pre-mq-activation", cluster_id: null, phase_change_log: [] });
  });
  expect(waiting.extensions.workflow).toEqual({ n_queues: "2" });
});
