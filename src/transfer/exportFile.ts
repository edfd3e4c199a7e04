import { createHash } from "node:crypto";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { type FileHandle, open, rename, stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import {
  type ExportCounts,
  isHeader,
  isTrailer,
  parseHeader,
  parseTrailer,
  trailerJson,
  workflowIdOfLine,
} from "./exportFormat.js";
import { compressionOf, createCompressor, openDecompressed, readLines, TransferFileError } from "./lines.js";

/** Whether there is a file. @throws the error of the file system, unless it says that there is none */
export async function fileExists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return false;
  }
}

/** The name of an export that is not complete. */
export const partName = (path: string): string => `${path}.part`;

/**
 * Writes an export to a file beside its place, `FILE.part`. {@link finish} moves it there, so that a file of the wanted
 * name is always complete.
 */
export class ExportWriter {
  readonly #path: string;
  /** Where the file is until it is complete. */
  partPath: string;
  readonly #head: Writable;
  readonly #file: Writable;
  readonly #hash = createHash("sha256");
  readonly counts: ExportCounts = { workflows: 0, task_directives: 0, taskforces: 0 };
  #error: Error | undefined;

  /**
   * @param path the wanted name, whose end says how to compress
   * @param partPath the name until the file is complete
   * @throws TransferFileError when this Node cannot compress so
   */
  constructor(path: string, partPath: string) {
    this.#path = path;
    this.partPath = partPath;
    const compressor = createCompressor(compressionOf(path));
    this.#file = createWriteStream(partPath, { flags: "w", mode: 0o600 });
    for (const stream of [this.#file, compressor]) stream?.on("error", (error) => (this.#error ??= error));
    compressor?.pipe(this.#file);
    this.#head = compressor ?? this.#file;
  }

  /** Writes a line. Waits while the disk is slower. @throws the error of the file */
  async writeLine(text: string, counts?: { taskDirectives: number; taskforces: number }): Promise<void> {
    const line = `${text}\n`;
    this.#hash.update(line);
    if (counts !== undefined) {
      this.counts.workflows++;
      this.counts.task_directives += counts.taskDirectives;
      this.counts.taskforces += counts.taskforces;
    }
    await this.#write(line);
  }

  async #write(line: string): Promise<void> {
    if (this.#error !== undefined) throw this.#error;
    if (!this.#head.write(line)) await once(this.#head, "drain");
  }

  /** Writes the trailer, and moves the file to its place once it is on the disk. @throws the error of the file */
  async finish(): Promise<void> {
    await this.#write(`${trailerJson(this.counts, this.#hash.digest("hex"))}\n`);
    await this.#end();
    await syncPath(this.partPath);
    await rename(this.partPath, this.#path);
    await syncPath(dirname(this.#path));
  }

  /** Stops before the end. The next export of the same name continues. */
  async abandon(): Promise<void> {
    await this.#end().catch(() => undefined);
  }

  async #end(): Promise<void> {
    this.#head.end();
    await finished(this.#file);
    if (this.#error !== undefined) throw this.#error;
  }
}

/** Waits until a file or the entries of a folder are on the disk. */
export async function syncPath(path: string): Promise<void> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, "r");
    await handle.sync();
  } finally {
    await handle?.close();
  }
}

/** A line of an export that holds a workflow. */
export interface NumberedLine {
  text: string;
  /** Counted from 1. */
  number: number;
}

/**
 * Reads the lines with workflows of an export, or of several ones that follow each other in the file.
 *
 * @param start bytes of the file to skip
 * @throws ExportFormatError for another file, TransferFileError at the end of an export that is not complete or was changed
 */
export async function* readExport(path: string, start = 0): AsyncGenerator<NumberedLine> {
  let hash = createHash("sha256");
  let [number, workflows] = [0, 0];
  let place: "at the start" | "within" | "after the trailer" = "at the start";
  for await (const { text } of readLines(openDecompressed(path, start))) {
    number++;
    if (place !== "within") {
      if (place === "after the trailer" && !isHeader(text))
        throw new TransferFileError(`${path}: line ${number} follows the trailer`);
      parseHeader(text);
      [place, hash, workflows] = ["within", createHash("sha256"), 0];
    } else if (isTrailer(text)) {
      const trailer = parseTrailer(text);
      if (trailer.sha256 !== hash.digest("hex") || trailer.workflows !== workflows)
        throw new TransferFileError(`${path}: the file was changed or damaged: its digest differs from the trailer's`);
      place = "after the trailer";
      continue;
    } else {
      workflows++;
      yield { text, number };
    }
    hash.update(`${text}\n`);
  }
  if (place !== "after the trailer")
    throw new TransferFileError(`${path}: the file is not complete: it has no trailer`);
}

/** The last line of each workflow in the exports of a file after the first one. A damaged file is read up to the damage. */
export async function findLaterLines(path: string): Promise<ReadonlyMap<string, number>> {
  const lines = new Map<string, number>();
  let [number, exports] = [0, 0];
  try {
    for await (const { text } of readLines(openDecompressed(path))) {
      number++;
      if (isHeader(text)) exports++;
      else if (exports > 1 && !isTrailer(text)) lines.set(workflowIdOfLine(text), number);
    }
  } catch (error) {
    if (!isTornFile(error)) throw error;
  }
  return lines;
}

/**
 * Reads the complete lines of an export that was stopped, its header included. Ends silently where the file breaks off.
 */
export async function* readPart(path: string): AsyncGenerator<string> {
  try {
    for await (const { text, isComplete } of readLines(openDecompressed(path)))
      if (isComplete && !isTrailer(text)) yield text;
  } catch (error) {
    if (!isTornFile(error)) throw error;
  }
}

/** Whether a compressed file breaks off in the middle of a block. */
const isTornFile = (error: unknown): boolean =>
  ["Z_BUF_ERROR", "Z_DATA_ERROR", "ZSTD_error_srcSize_wrong"].includes((error as NodeJS.ErrnoException).code ?? "");
