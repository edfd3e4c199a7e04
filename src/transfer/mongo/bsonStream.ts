import { deserialize } from "bson";
import { TransferFileError } from "../lines.js";
import type { MongoDocument } from "./mongoDocument.js";

/** The largest document that MongoDB stores, with what a dump adds. */
const MAX_DOCUMENT_BYTES = 17 * 1024 * 1024;
const MIN_DOCUMENT_BYTES = 5;
/** Ends the documents of a block of an archive. */
const TERMINATOR = 0xffff_ffff;

/** Reads numbers and BSON documents from a stream of bytes. */
export class BsonStream {
  readonly #chunks: AsyncIterator<Buffer>;
  readonly #name: string;
  #buffer: Buffer = Buffer.alloc(0);

  /** @param name of the file, for errors */
  constructor(stream: AsyncIterable<Buffer>, name: string) {
    this.#chunks = stream[Symbol.asyncIterator]();
    this.#name = name;
  }

  /** Whether the stream has ended. */
  async isAtEnd(): Promise<boolean> {
    return !(await this.#fill(1));
  }

  /** The next number of four bytes. @throws TransferFileError at the end of the stream */
  async readNumber(): Promise<number> {
    return (await this.#take(4)).readUInt32LE();
  }

  /**
   * The next document, or `terminator` at the end of a block of an archive.
   *
   * @throws TransferFileError when the bytes are no document
   */
  async readDocument(): Promise<MongoDocument | "terminator"> {
    await this.#require(4);
    const size = this.#buffer.readUInt32LE();
    if (size === TERMINATOR) {
      await this.#take(4);
      return "terminator";
    }
    if (size < MIN_DOCUMENT_BYTES || size > MAX_DOCUMENT_BYTES)
      throw new TransferFileError(`${this.#name}: is no BSON: a document of ${size} bytes`);
    try {
      // Numbers of 64 bits become numbers where they fit.
      return deserialize(await this.#take(size), { promoteValues: true }) as MongoDocument;
    } catch (error) {
      if (error instanceof TransferFileError) throw error;
      throw new TransferFileError(`${this.#name}: is no BSON: ${(error as Error).message}`);
    }
  }

  async #take(bytes: number): Promise<Buffer> {
    await this.#require(bytes);
    const taken = this.#buffer.subarray(0, bytes);
    this.#buffer = this.#buffer.subarray(bytes);
    return taken;
  }

  async #require(bytes: number): Promise<void> {
    if (!(await this.#fill(bytes))) throw new TransferFileError(`${this.#name}: the file is not complete`);
  }

  /** Reads until so many bytes are there. @returns false when the stream ends before */
  async #fill(bytes: number): Promise<boolean> {
    const chunks = [this.#buffer];
    let length = this.#buffer.length;
    while (length < bytes) {
      const { done, value } = await this.#chunks.next();
      if (done) break;
      chunks.push(value);
      length += value.length;
    }
    if (chunks.length > 1) this.#buffer = Buffer.concat(chunks);
    return length >= bytes;
  }
}
