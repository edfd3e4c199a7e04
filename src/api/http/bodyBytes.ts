import type { IncomingMessage, ServerResponse } from "node:http";
import type { Readable, Transform } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { createYielder } from "../../domain/time.js";
import { invalid } from "../../domain/wmsError.js";
import { bodyTooLarge, ClientGoneError } from "./responses.js";

/**
 * Bytes of a body that are read in one turn of the event loop. Left to itself, Node reads up to 2 MiB of each connection
 * in a turn.
 */
const TURN_BYTES = 256 * 1024;

/**
 * Reads the bytes of a request's body, whatever its content type. While it waits for its next turn, the bytes wait in the
 * network.
 *
 * @param maxBytes the largest allowed body after decompression
 * @returns undefined for a request without a body
 * @throws HttpError 413 for a larger body, whose rest is not read; WmsError `invalid` for bytes that are not encoded as
 *   the request says; ClientGoneError
 */
export async function readBodyBytes(
  request: IncomingMessage,
  response: ServerResponse,
  maxBytes: number,
): Promise<Buffer | undefined> {
  const { "content-length": declared, "content-encoding": encoding } = request.headers;
  if (!hasBody(request)) return undefined;
  if (Number(declared) > maxBytes) throw bodyTooLarge(maxBytes);
  const decoder = createDecoder(encoding);
  if (decoder === undefined) return readAll(request, response, maxBytes, Number(declared ?? 0));
  try {
    return await readAll(request.pipe(decoder), response, maxBytes, 0);
  } finally {
    request.unpipe(decoder);
    decoder.destroy();
  }
}

/** Whether a request announces a body, which may be empty. */
export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined;

/** Whether a body may have more bytes: the size of one that is chunked or compressed is not known in advance. */
export const mayExceed = ({ headers }: IncomingMessage, bytes: number): boolean =>
  Number(headers["content-length"]) > bytes ||
  headers["transfer-encoding"] !== undefined ||
  headers["content-encoding"] !== undefined;

/** @throws WmsError `invalid` for an unknown encoding */
function createDecoder(encoding = "identity"): Transform | undefined {
  switch (encoding.toLowerCase()) {
    case "identity":
      return undefined;
    case "gzip":
      return createGunzip();
    case "deflate":
      return createInflate();
    case "br":
      return createBrotliDecompress();
    default:
      throw invalid(`body: unsupported content encoding "${encoding}"`);
  }
}

/** @param expectedBytes 0: unknown */
async function readAll(
  source: Readable,
  response: ServerResponse,
  maxBytes: number,
  expectedBytes: number,
): Promise<Buffer> {
  const bytes = new GrowingBuffer(expectedBytes);
  let turnBytes = 0;
  let failure: Error | undefined;
  let wake: () => void = () => undefined;
  const onChange = () => wake();
  const onError = (error: Error) => {
    failure = error;
    wake();
  };
  source.on("readable", onChange).on("end", onChange).on("error", onError);
  response.on("close", onChange);
  try {
    for (;;) {
      if (response.destroyed) throw new ClientGoneError();
      if (failure !== undefined) throw invalid(`body: ${failure.message}`);
      const chunk = source.read() as Buffer | null;
      if (chunk !== null) {
        if (bytes.length + chunk.length > maxBytes) throw bodyTooLarge(maxBytes);
        bytes.append(chunk);
        turnBytes += chunk.length;
        if (turnBytes < TURN_BYTES) continue;
        turnBytes = 0;
        await nextTurn();
      } else if (source.readableEnded) return await bytes.join();
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  } finally {
    source.off("readable", onChange).off("end", onChange);
    response.off("close", onChange);
  }
}

/** The first block of a body of unknown size. Each further one is as large as all before, up to the largest. */
const FIRST_BLOCK_BYTES = 16 * 1024;
const LARGEST_BLOCK_BYTES = 1024 * 1024;

/**
 * Bytes in a few blocks. A list of all chunks would take a hundred times the memory of a body that comes in chunks of one
 * byte.
 */
class GrowingBuffer {
  readonly #blocks: Buffer[] = [];
  readonly #expectedBytes: number;
  /** Bytes in the last block. */
  #used = 0;
  length = 0;

  /** @param expectedBytes 0: unknown */
  constructor(expectedBytes: number) {
    this.#expectedBytes = expectedBytes;
  }

  append(chunk: Buffer): void {
    // Most bodies come in one chunk, which needs no copy.
    if (this.length === 0 && chunk.length === this.#expectedBytes) {
      this.#blocks.push(chunk);
      this.#used = chunk.length;
    } else for (let start = 0; start < chunk.length; ) start += this.#copy(chunk, start);
    this.length += chunk.length;
  }

  /** @returns the number of bytes that fit into the last block */
  #copy(chunk: Buffer, start: number): number {
    let block = this.#blocks.at(-1);
    if (block === undefined || this.#used === block.length) {
      const size = Math.min(LARGEST_BLOCK_BYTES, Math.max(FIRST_BLOCK_BYTES, this.length));
      // Pages of a block that are not written yet take no memory.
      block = Buffer.allocUnsafeSlow(this.length === 0 && this.#expectedBytes > 0 ? this.#expectedBytes : size);
      this.#blocks.push(block);
      this.#used = 0;
    }
    const copied = chunk.copy(block, this.#used, start);
    this.#used += copied;
    return copied;
  }

  /** Returns all bytes, and gives the blocks up. */
  async join(): Promise<Buffer> {
    if (this.#blocks.length <= 1) return this.#blocks.pop()?.subarray(0, this.#used) ?? Buffer.alloc(0);
    const pause = createYielder();
    const joined = Buffer.allocUnsafeSlow(this.length);
    let at = 0;
    for (let block = this.#blocks.shift(); block !== undefined; block = this.#blocks.shift()) {
      at += block.copy(joined, at);
      await pause();
    }
    return joined;
  }
}
