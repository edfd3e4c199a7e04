import { createReadStream } from "node:fs";
import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sha256 } from "../../domain/sha256.js";
import { readLines } from "../lines.js";
import type { MongoDocument, WorkflowDocuments } from "./mongoDocument.js";

/** The collections of the existing service, and what their documents are. */
export const COLLECTIONS = {
  WorkflowColl: "workflow",
  TaskDirectiveColl: "directives",
  TaskforceColl: "taskforces",
} as const satisfies Record<string, keyof WorkflowDocuments>;
/** The name of one of them. */
export type CollectionName = keyof typeof COLLECTIONS;

/** The database of the existing service. */
export const DATABASE = "WMS_DB";

/** Whether a name is that of a collection of the existing service. */
export const isCollection = (name: string): name is CollectionName => Object.hasOwn(COLLECTIONS, name);

/** A document of a dump. */
export interface CollectionDocument {
  collection: CollectionName;
  document: MongoDocument;
}

/** The documents of one workflow id. */
export interface WorkflowGroup {
  workflowId: string;
  documents: WorkflowDocuments;
}

/** Files between which the workflows are divided. One is in memory at a time: of a million taskforces, some 10 MB. */
const BUCKETS = 256;
/** Characters that are written at once to all files. */
const MAX_BUFFERED_CHARS = 16 * 1024 * 1024;

/** Adds a document to those of its workflow. */
export function addDocument(
  groups: Map<string, WorkflowDocuments>,
  { collection, document }: CollectionDocument,
): void {
  const workflowId = String(document["workflow_id"]);
  const documents = groups.get(workflowId) ?? { workflow: undefined, directives: [], taskforces: [] };
  groups.set(workflowId, documents);
  const part = COLLECTIONS[collection];
  if (part === "workflow") documents.workflow = document;
  else documents[part].push(document);
}

/**
 * Groups documents by workflow, in any order. A dump holds one collection after the other and may exceed the memory, so the
 * documents are first divided between temporary files.
 */
export async function* groupByWorkflow(documents: AsyncIterable<CollectionDocument>): AsyncGenerator<WorkflowGroup> {
  const folder = await mkdtemp(join(tmpdir(), "ewms-admin-"));
  try {
    const files = await divide(documents, folder);
    for (const file of files) {
      const groups = new Map<string, WorkflowDocuments>();
      for await (const { text } of readLines(createReadStream(file)))
        addDocument(groups, JSON.parse(text) as CollectionDocument);
      for (const [workflowId, group] of groups) yield { workflowId, documents: group };
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Writes documents to files, those of a workflow to the same. @returns the files */
async function divide(documents: AsyncIterable<CollectionDocument>, folder: string): Promise<string[]> {
  const buckets = new Map<number, string[]>();
  const files = new Set<string>();
  let chars = 0;
  const flush = async () => {
    for (const [bucket, lines] of buckets) {
      const file = join(folder, `${bucket}.ndjson`);
      files.add(file);
      // It may hold what users sent.
      await appendFile(file, lines.join(""), { mode: 0o600 });
    }
    buckets.clear();
    chars = 0;
  };
  for await (const { collection, document } of documents) {
    const bucket = sha256(String(document["workflow_id"])).readUInt16BE() % BUCKETS;
    const line = `${JSON.stringify({ collection, document })}\n`;
    const lines = buckets.get(bucket) ?? [];
    buckets.set(bucket, lines);
    lines.push(line);
    chars += line.length;
    if (chars > MAX_BUFFERED_CHARS) await flush();
  }
  await flush();
  return [...files];
}
