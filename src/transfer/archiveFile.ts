import { createReadStream } from "node:fs";
import { open, readFile, rename, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { readExport, syncPath } from "./exportFile.js";
import { TransferFileError } from "./lines.js";

/** The file beside an archive with the bytes of its complete exports, as a decimal number. */
const sizeFileOf = (path: string): string => `${path}.size`;

/**
 * Appends a complete export to an archive, and waits until it is on the disk. What a process left of an export when it
 * died is removed first. {@link sealArchive} completes the step: until then, the next append removes this export again.
 *
 * @param archive several exports that follow each other, compressed one by one
 * @returns where in the archive the export begins, in bytes, and where it ends
 * @throws TransferFileError when the archive is damaged or was changed
 */
export async function appendToArchive(archive: string, exported: string): Promise<{ start: number; end: number }> {
  const start = await readGoodSize(archive);
  // Appending never overwrites an export, also when a process that was suspended for hours continues here.
  const file = await open(archive, "a", 0o600);
  try {
    if ((await file.stat()).size > start) await file.truncate(start);
    for await (const chunk of createReadStream(exported)) await file.appendFile(chunk as Buffer);
    await file.sync();
  } finally {
    await file.close();
  }
  await syncPath(dirname(archive));
  const end = start + (await stat(exported)).size;
  if ((await stat(archive)).size !== end) throw new TransferFileError(`${archive}: another process writes to it`);
  await readToEnd(archive, start);
  return { start, end };
}

/** Compares the digests of the exports from a place on. @throws as `readExport` */
async function readToEnd(archive: string, start: number): Promise<void> {
  for await (const _ of readExport(archive, start));
}

/** Records that an archive is complete up to a place. @param end bytes */
export async function sealArchive(archive: string, end: number): Promise<void> {
  const sizeFile = sizeFileOf(archive);
  const file = await open(`${sizeFile}.part`, "w", 0o600);
  try {
    await file.writeFile(`${end}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${sizeFile}.part`, sizeFile);
  await syncPath(dirname(archive));
}

/** The bytes of the complete exports of an archive. */
async function readGoodSize(archive: string): Promise<number> {
  const size = await sizeOf(archive);
  const recorded = await readFile(sizeFileOf(archive), "utf8").catch(undefinedIfMissing);
  if (size === undefined) {
    // A new month, or an operator has moved the file away.
    await sealArchive(archive, 0);
    return 0;
  }
  if (recorded === undefined) {
    try {
      await readToEnd(archive, 0);
    } catch (error) {
      throw new TransferFileError(`${archive}: is damaged (${(error as Error).message}); move it away`);
    }
    await sealArchive(archive, size);
    return size;
  }
  const goodSize = Number(recorded);
  if (!/^\d+\n$/.test(recorded) || goodSize > size)
    throw new TransferFileError(
      `${archive}: has ${size} bytes, and ${sizeFileOf(archive)} says ${recorded.trim()}; move both away`,
    );
  return goodSize;
}

const sizeOf = async (path: string): Promise<number | undefined> => (await stat(path).catch(undefinedIfMissing))?.size;

function undefinedIfMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}
