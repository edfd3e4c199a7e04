import { taskforceJson } from "../../src/store/documents.js";
import type { StoredTaskforce } from "../../src/store/records.js";
import type { BareEntry, BareReader } from "./bareReader.js";
import type { QueryTargets } from "./queryPopulation.js";

/** A query that the benchmarks send to the service and to the baseline. */
export interface QueryCase {
  /** What it searches and returns; the number of its matches is added. */
  name: string;
  collection: "taskforces" | "task-directives";
  query(targets: QueryTargets): Record<string, unknown>;
  projection?: string[];
  /** The minimum for a query that is so fast on some machine that the request itself is much of its work. */
  minRatio?: number;
  /** Computes the entities of the response as JSON texts with the least work for Redis. */
  bare(reader: BareReader, targets: QueryTargets): Promise<string[]>;
}

/** What a TMS reads of its taskforces. */
const TWO_FIELDS = ["taskforce_uuid", "cluster_id"];
/** A pattern of a user who searches an argument or an environment. Nothing matches. */
const UNMATCHED_PATTERN = "retro-crs-2018.*\\.i3$";
/** The bytes of a page, as `USER_QUERY_MAX_BYTES`. */
const PAGE_BYTES = 10 * 1024 * 1024;
const RECORDS_PER_BATCH = 1000;

const twoFieldsJson = ({ member }: BareEntry, clusterId: string | null | undefined): string =>
  `{"taskforce_uuid":"TF-${member}","cluster_id":${clusterId ?? null}}`;

async function readTwoFields(reader: BareReader, entries: readonly BareEntry[]): Promise<string[]> {
  const values = await reader.fields("taskforce", entries, ["cluster_id"]);
  return entries.map((entry, index) => twoFieldsJson(entry, values[index]?.[0]));
}

/** Configurations never change. The baseline keeps them, as the service does. */
let configurations = new Map<string, string>();

async function readWhole(reader: BareReader, entries: readonly BareEntry[]): Promise<string[]> {
  const records = await reader.records("taskforce", entries);
  if (records.some(({ configuration = "" }) => !configurations.has(configuration)))
    configurations = await reader.configurations();
  return records.map((record, index) => {
    const configurationJson = configurations.get(record["configuration"] ?? "");
    const uuid = `TF-${entries[index]?.member}`;
    // Its numbers are texts here, which makes the same JSON.
    return taskforceJson({ ...record, uuid, configurationJson } as unknown as StoredTaskforce);
  });
}

const eventLogFilter = ({ schedd, job_event_log_fpath }: QueryTargets) => ({ schedd, job_event_log_fpath });
const phaseFilter = ({ schedd }: QueryTargets) => ({ phase: "condor-submit", schedd });

/** All queries, in the order of the output. */
export const QUERY_CASES: readonly QueryCase[] = [
  {
    name: "{schedd, job_event_log_fpath}, 2 fields",
    collection: "taskforces",
    query: eventLogFilter,
    projection: TWO_FIELDS,
    bare: async (reader, targets) =>
      readTwoFields(reader, await reader.intersect("taskforce", eventLogFilter(targets))),
  },
  {
    name: "the same and phase $ne, 2 fields",
    collection: "taskforces",
    minRatio: 0.3,
    query: (targets) => ({ ...eventLogFilter(targets), phase: { $ne: "condor-complete" } }),
    projection: TWO_FIELDS,
    async bare(reader, targets) {
      const entries = await reader.intersect("taskforce", eventLogFilter(targets));
      const values = await reader.fields("taskforce", entries, ["phase", "cluster_id"]);
      return entries.flatMap((entry, index) => {
        const [phase, clusterId] = values[index] ?? [];
        return phase === "condor-complete" ? [] : [twoFieldsJson(entry, clusterId)];
      });
    },
  },
  {
    name: "{schedd, job_event_log_fpath, cluster_id}, 2 fields",
    collection: "taskforces",
    minRatio: 0.15,
    query: (targets) => ({ ...eventLogFilter(targets), cluster_id: targets.cluster_id }),
    projection: TWO_FIELDS,
    bare: async (reader, targets) =>
      readTwoFields(
        reader,
        await reader.intersect("taskforce", { ...eventLogFilter(targets), cluster_id: targets.cluster_id }),
      ),
  },
  {
    name: "{phase, schedd}, whole",
    collection: "taskforces",
    query: phaseFilter,
    bare: async (reader, targets) => readWhole(reader, await reader.intersect("taskforce", phaseFilter(targets))),
  },
  {
    name: "{phase, schedd}, 2 fields",
    collection: "taskforces",
    minRatio: 0.4,
    query: phaseFilter,
    projection: TWO_FIELDS,
    bare: async (reader, targets) => readTwoFields(reader, await reader.intersect("taskforce", phaseFilter(targets))),
  },
  {
    name: "$regex on task_args, all task directives",
    collection: "task-directives",
    query: () => ({ task_args: { $regex: UNMATCHED_PATTERN } }),
    async bare(reader) {
      const pattern = new RegExp(UNMATCHED_PATTERN);
      const values = await reader.fields("task", await reader.all("task"), ["doc"]);
      return values.flatMap(([doc]) => (doc && pattern.test(JSON.parse(doc).task_args) ? [doc] : []));
    },
  },
  {
    name: "$regex on a key of pilot_config.environment, all taskforces, 2 fields",
    collection: "taskforces",
    query: () => ({ "pilot_config.environment.RECO_CONFIG": { $regex: UNMATCHED_PATTERN } }),
    projection: TWO_FIELDS,
    async bare(reader) {
      const pattern = new RegExp(UNMATCHED_PATTERN);
      const [entries, texts] = await Promise.all([reader.all("taskforce"), reader.configurations()]);
      const matching = new Set<string>();
      for (const [digest, text] of texts)
        if (pattern.test(JSON.parse(text).pilot_config.environment.RECO_CONFIG)) matching.add(digest);
      const values = await reader.fields("taskforce", entries, ["configuration", "cluster_id"]);
      return entries.flatMap((entry, index) => {
        const [configuration, clusterId] = values[index] ?? [];
        return matching.has(configuration ?? "") ? [twoFieldsJson(entry, clusterId)] : [];
      });
    },
  },
  {
    name: "$regex on taskforce_uuid, all taskforces, 2 fields",
    collection: "taskforces",
    query: ({ uuidEnd }) => ({ taskforce_uuid: { $regex: `${uuidEnd}$` } }),
    projection: TWO_FIELDS,
    async bare(reader, { uuidEnd }) {
      const pattern = new RegExp(`${uuidEnd}$`);
      const matching = (await reader.all("taskforce")).filter(({ member }) => pattern.test(`TF-${member}`));
      return readTwoFields(reader, matching);
    },
  },
  {
    name: "all taskforces, 2 fields",
    collection: "taskforces",
    query: () => ({}),
    projection: TWO_FIELDS,
    bare: async (reader) => readTwoFields(reader, await reader.all("taskforce")),
  },
  {
    name: "all taskforces, whole, first page of 10 MiB",
    collection: "taskforces",
    query: () => ({}),
    async bare(reader) {
      const entries = await reader.all("taskforce");
      const page: string[] = [];
      let bytes = 0;
      for (let at = 0; at < entries.length; at += RECORDS_PER_BATCH)
        for (const text of await readWhole(reader, entries.slice(at, at + RECORDS_PER_BATCH))) {
          bytes += Buffer.byteLength(text) + 1;
          if (bytes > PAGE_BYTES) return page;
          page.push(text);
        }
      return page;
    },
  },
  {
    name: "{workflow_id}, whole",
    collection: "taskforces",
    query: ({ workflow_id }) => ({ workflow_id }),
    bare: async (reader, { workflow_id }) => readWhole(reader, await reader.ofWorkflow("taskforce", workflow_id)),
  },
];
