import { open, readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { EJSON } from "bson";
import { openDecompressed, readLines, TransferFileError } from "../lines.js";
import { BsonStream } from "./bsonStream.js";
import { type CollectionDocument, type CollectionName, DATABASE, isCollection } from "./groupByWorkflow.js";
import type { MongoDocument } from "./mongoDocument.js";

/** The first four bytes of an archive of mongodump, as a number. */
const ARCHIVE_MAGIC = 0x8199_e26d;

/** The collection in the name of a file: `WorkflowColl.bson.gz`; undefined for other files. */
function collectionOfFile(path: string, end: "bson" | "json"): CollectionName | undefined {
  const [name = "", kind, compression, ...rest] = basename(path).split(".");
  const isKnown = kind === end && rest.length === 0 && (compression === undefined || compression === "gz");
  return isKnown && isCollection(name) ? name : undefined;
}

/** The documents of a folder that mongodump or mongoexport has written: of its files, or those below `WMS_DB`. */
export async function* readDumpFolder(folder: string): AsyncGenerator<CollectionDocument> {
  const entries = await readdir(folder);
  const nested = entries.includes(DATABASE) ? join(folder, DATABASE) : undefined;
  const files = (nested === undefined ? entries : await readdir(nested)).map((name) => join(nested ?? folder, name));
  const dumped = files.flatMap((path) => {
    for (const end of ["bson", "json"] as const) {
      const collection = collectionOfFile(path, end);
      if (collection !== undefined) return [{ path, end, collection }];
    }
    return [];
  });
  if (dumped.length === 0)
    throw new TransferFileError(
      `${folder}: has no file of a dump, such as ${DATABASE}/WorkflowColl.bson or WorkflowColl.json`,
    );
  for (const { path, end, collection } of dumped)
    for await (const document of end === "bson" ? readBsonFile(path) : readJsonFile(path))
      yield { collection, document };
}

async function* readBsonFile(path: string): AsyncGenerator<MongoDocument> {
  const stream = new BsonStream(openDecompressed(path), path);
  while (!(await stream.isAtEnd())) {
    const document = await stream.readDocument();
    if (document === "terminator") throw new TransferFileError(`${path}: is no BSON`);
    yield document;
  }
}

/** The documents of a file of mongoexport: Extended JSON, one a line, or one array in the file. */
async function* readJsonFile(path: string): AsyncGenerator<MongoDocument> {
  let number = 0;
  for await (const { text } of readLines(openDecompressed(path))) {
    number++;
    // `mongoexport --jsonArray` separates the lines of an array by commas.
    const line = text
      .trim()
      .replace(/^\[/, "")
      .replace(/[\],]+$/, "");
    if (line === "") continue;
    try {
      yield EJSON.parse(line, { relaxed: true }) as MongoDocument;
    } catch (error) {
      throw new TransferFileError(`${path}: line ${number} is no Extended JSON: ${(error as Error).message}`);
    }
  }
}

/** Whether a file is an archive of mongodump, also a compressed one. */
export async function isArchive(path: string): Promise<boolean> {
  const handle = await open(path, "r");
  try {
    const head = Buffer.alloc(4);
    await handle.read(head, 0, 4, 0);
    return head.readUInt32LE() === ARCHIVE_MAGIC || path.endsWith(".archive.gz");
  } finally {
    await handle.close();
  }
}

/** The documents of an archive of mongodump. Blocks of several collections may alternate in it. */
export async function* readArchive(path: string): AsyncGenerator<CollectionDocument> {
  const stream = new BsonStream(openDecompressed(path), path);
  if ((await stream.readNumber()) !== ARCHIVE_MAGIC) throw new TransferFileError(`${path}: is no archive of mongodump`);
  // The header, and a document for each collection.
  while ((await stream.readDocument()) !== "terminator");
  while (!(await stream.isAtEnd())) {
    const block = await stream.readDocument();
    if (block === "terminator") throw new TransferFileError(`${path}: is no archive of mongodump`);
    const { db, collection } = block;
    const isWanted = db === DATABASE && typeof collection === "string" && isCollection(collection);
    for (let next = await stream.readDocument(); next !== "terminator"; next = await stream.readDocument())
      if (isWanted) yield { collection, document: next };
  }
}
