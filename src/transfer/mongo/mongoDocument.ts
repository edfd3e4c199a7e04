/** A document of the existing service's database. */
export type MongoDocument = Record<string, unknown>;

/** The documents that belong to one workflow id. */
export interface WorkflowDocuments {
  /** Undefined: there are parts of a workflow that does not exist. */
  workflow: MongoDocument | undefined;
  directives: MongoDocument[];
  taskforces: MongoDocument[];
}
