import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { EJSON, ObjectId, serialize } from "bson";
import type { MongoDocument } from "../../../src/transfer/mongo/mongoDocument.js";
import { byCollection, documentsOf, type StoredDocuments } from "./mongoDocuments.js";

const withId = (document: MongoDocument) => ({ _id: new ObjectId(), ...document });

/** Writes a folder as mongodump does: `WMS_DB/<collection>.bson` with its metadata, compressed or not. */
export async function writeDumpFolder(folder: string, workflows: readonly StoredDocuments[], isCompressed: boolean) {
  await mkdir(join(folder, "WMS_DB"), { recursive: true });
  for (const [collection, documents] of Object.entries(byCollection(workflows))) {
    const bytes = Buffer.concat(documents.map((document) => serialize(withId(document))));
    const path = join(folder, "WMS_DB", `${collection}.bson`);
    await (isCompressed ? writeFile(`${path}.gz`, gzipSync(bytes)) : writeFile(path, bytes));
    await writeFile(join(folder, "WMS_DB", `${collection}.metadata.json`), "{}");
  }
}

/** Writes files as mongoexport does. */
export async function writeExtendedJson(
  folder: string,
  workflows: readonly StoredDocuments[],
  { relaxed, isArray }: { relaxed: boolean; isArray: boolean },
) {
  await mkdir(folder, { recursive: true });
  for (const [collection, documents] of Object.entries(byCollection(workflows))) {
    const lines = documents.map((document) => EJSON.stringify(withId(document), { relaxed }));
    const text = isArray ? `[${lines.join(",\n")}]\n` : `${lines.join("\n")}\n`;
    await writeFile(join(folder, `${collection}.json`), text);
  }
}

const MAGIC = Buffer.from([0x6d, 0xe2, 0x99, 0x81]);
const TERMINATOR = Buffer.from([0xff, 0xff, 0xff, 0xff]);

/** An archive as mongodump writes it, in which the blocks of collections alternate, with one of another database. */
export function makeArchive(workflows: readonly StoredDocuments[]): Buffer {
  const pieces: Uint8Array[] = [
    MAGIC,
    serialize({ concurrent_collections: 4, version: "0.1", server_version: "7.0.0" }),
  ];
  for (const collection of Object.keys(byCollection(workflows)))
    pieces.push(serialize({ db: "WMS_DB", collection, metadata: "{}", size: 0, type: "collection" }));
  pieces.push(TERMINATOR);
  const block = (db: string, collection: string, documents: readonly object[], EOF = false) =>
    pieces.push(serialize({ db, collection, EOF, CRC: 0 }), ...documents.map((each) => serialize(each)), TERMINATOR);
  block("admin", "WorkflowColl", [{ workflow_id: "of another database" }]);
  // Two documents a block, the last collections first.
  const documents = [...documentsOf(workflows)].toReversed();
  for (const { collection, document } of documents) block("WMS_DB", collection, [withId(document)]);
  for (const collection of Object.keys(byCollection(workflows))) block("WMS_DB", collection, [], true);
  return Buffer.concat(pieces);
}
