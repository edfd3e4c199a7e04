import { type Db, MongoClient } from "mongodb";
import {
  addDocument,
  COLLECTIONS,
  type CollectionDocument,
  type CollectionName,
  DATABASE,
  groupByWorkflow,
  type WorkflowGroup,
} from "./groupByWorkflow.js";
import type { MongoDocument, WorkflowDocuments } from "./mongoDocument.js";

/** Milliseconds until a server counts as unreachable. */
const SERVER_TIMEOUT_MS = 10_000;

/** A MongoDB cannot be reached, or refuses the read. */
export class MongoReadError extends Error {
  override name = "MongoReadError";
}

/**
 * The documents of a running MongoDB, by workflow. Each collection is read once, from its beginning to its end, so no index
 * is needed. The existing service may run meanwhile: a workflow that changes during the read is complete at the next import.
 *
 * @param url `mongodb://…` or `mongodb+srv://…`; without a database in it, `WMS_DB`
 * @throws MongoReadError
 */
export async function* readLiveDatabase(url: string): AsyncGenerator<WorkflowGroup> {
  const client = openMongo(url);
  try {
    const server = client.options.srvHost ?? client.options.hosts.join();
    await reading(server, () => client.connect());
    const named = client.options.dbName;
    const database = client.db(named === "test" ? DATABASE : named);
    // A workflow that was created during the read.
    for await (const group of groupByWorkflow(readCollections(database, server)))
      yield group.documents.workflow === undefined ? await readWorkflow(database, server, group) : group;
  } finally {
    await client.close();
  }
}

function openMongo(url: string): MongoClient {
  try {
    return new MongoClient(url, {
      appName: "ewms-admin",
      ...(!/[?&]serverSelectionTimeoutMS=/i.test(url) && { serverSelectionTimeoutMS: SERVER_TIMEOUT_MS }),
    });
  } catch (error) {
    throw new MongoReadError(`MongoDB: ${(error as Error).message}`);
  }
}

const names = Object.keys(COLLECTIONS) as CollectionName[];

async function* readCollections(database: Db, server: string): AsyncGenerator<CollectionDocument> {
  for (const collection of names) {
    const cursor = database.collection(collection).find<MongoDocument>({});
    for (;;) {
      const document = await reading(server, () => cursor.next());
      if (document === null) break;
      yield { collection, document };
    }
  }
}

async function readWorkflow(database: Db, server: string, { workflowId }: WorkflowGroup): Promise<WorkflowGroup> {
  const groups = new Map<string, WorkflowDocuments>();
  for (const collection of names) {
    const found = database.collection(collection).find<MongoDocument>({ workflow_id: workflowId });
    for (const document of await reading(server, () => found.toArray())) addDocument(groups, { collection, document });
  }
  const documents = groups.get(workflowId) ?? { workflow: undefined, directives: [], taskforces: [] };
  return { workflowId, documents };
}

/** @throws MongoReadError, whose text names the server, and never the password */
async function reading<T>(server: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw new MongoReadError(`MongoDB at ${server}: ${(error as Error).message}`);
  }
}
