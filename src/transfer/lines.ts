import { createReadStream } from "node:fs";
import type { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream";
import * as zlib from "node:zlib";

/** How a file is compressed, by the end of its name. */
export type Compression = "none" | "gzip" | "zstd";

/** A file cannot be read or written in the way its name asks for. */
export class TransferFileError extends Error {
  override name = "TransferFileError";
}

/** How a file of this name is compressed. */
export const compressionOf = (name: string): Compression =>
  name.endsWith(".gz") ? "gzip" : name.endsWith(".zst") ? "zstd" : "none";

/** Node has Zstandard from 22.15 on. */
type ZstdMethods = { createZstdCompress?: () => Transform; createZstdDecompress?: () => Transform };
const { createZstdCompress, createZstdDecompress } = zlib as ZstdMethods;

function zstd(create: (() => Transform) | undefined): Transform {
  if (create === undefined)
    throw new TransferFileError(
      `.zst: Node ${process.versions.node} has no Zstandard; use Node 22.15 or later, or .gz`,
    );
  return create();
}

/** A stream that compresses; undefined for `none`. @throws TransferFileError when this Node cannot */
export const createCompressor = (compression: Compression): Transform | undefined =>
  compression === "gzip"
    ? zlib.createGzip({ level: 6 })
    : compression === "zstd"
      ? zstd(createZstdCompress)
      : undefined;

/**
 * A file's contents, decompressed by the end of its name. Errors of the file are errors of the stream.
 *
 * @param start bytes of the file to skip
 */
export function openDecompressed(path: string, start = 0): Readable {
  const file = createReadStream(path, { start });
  const compression = compressionOf(path.replace(/\.part$/, ""));
  if (compression === "none") return file;
  const decompressor = compression === "gzip" ? zlib.createGunzip() : zstd(createZstdDecompress);
  // The caller meets the error when it reads.
  return pipeline(file, decompressor, () => undefined);
}

const NEWLINE = 0x0a;

/** The lines of a stream, without their ends. A line may have hundreds of megabytes. A last line without an end counts. */
export async function* readLines(stream: AsyncIterable<Buffer>): AsyncGenerator<{ text: string; isComplete: boolean }> {
  let pieces: Buffer[] = [];
  for await (const chunk of stream) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      pieces.push(chunk.subarray(start, end));
      yield { text: Buffer.concat(pieces).toString(), isComplete: true };
      pieces = [];
      start = end + 1;
    }
    if (start < chunk.length) pieces.push(chunk.subarray(start));
  }
  if (pieces.length > 0) yield { text: Buffer.concat(pieces).toString(), isComplete: false };
}
