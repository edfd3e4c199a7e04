import { gzipSync } from "node:zlib";
import type { CreatedEntities } from "./createdEntities.js";
import { type JsonTree, treeText } from "./jsonTree.js";

/** A corruption of the bytes of a body. Positions are fractions of its length. */
export type Damage =
  | { kind: "none" }
  | { kind: "cut"; at: number }
  | { kind: "insert"; at: number; bytes: readonly number[] }
  | { kind: "byte order mark" | "UTF-16" | "twice" | "blanks around" | "gzip" | "called gzip" };

/** The framing of a body. Only the first two are valid HTTP. */
export type Framing =
  | "length"
  | "chunks"
  | "no length"
  | "too short"
  | "too long"
  | "infinite length"
  | "negative length"
  | "two lengths"
  | "length and chunks"
  | "bad chunk"
  | "unended chunks"
  | "unknown coding";

/** A generated request with placeholders for ids. */
export interface Draft {
  /** The route in the printed table. */
  route: string;
  method: string;
  target: string;
  version: string;
  headers: readonly (readonly [name: string, value: string])[];
  body: JsonTree | undefined;
  damage: Damage;
  framing: Framing;
}

/** The bytes of a request. */
export interface RawRequest {
  method: string;
  target: string;
  bytes: Buffer;
  /** Whether the connection may be reused. */
  isRegular: boolean;
  /** Whether the request is complete, so that a response must arrive. */
  isWhole: boolean;
}

/** Size of the chunks of a body. */
const CHUNK_BYTES = 7000;

/** Serializes a draft. */
export function serializeDraft(draft: Draft, entities: CreatedEntities): RawRequest {
  const { method, version, damage, framing } = draft;
  const target = entities.fillPlaceholders(draft.target);
  const text = draft.body === undefined ? "" : entities.fillPlaceholders(treeText(draft.body));
  const body = applyDamage(Buffer.from(text), damage);
  const isBare = draft.body === undefined && body.length === 0 && framing === "length";
  const [lengths, sent] = isBare ? [[], body] : applyFraming(body, framing);
  const coding = damage.kind === "gzip" || damage.kind === "called gzip" ? ["Content-Encoding: gzip"] : [];
  const lines = [
    `${method} ${target} ${version}`,
    ...draft.headers.map(([name, value]) => `${name}: ${value}`),
    ...coding,
    ...lengths,
  ];
  return {
    method,
    target,
    bytes: Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), sent]),
    isRegular: framing === "length" || framing === "chunks",
    isWhole: !["too short", "unended chunks"].includes(framing),
  };
}

function applyDamage(bytes: Buffer, damage: Damage): Buffer {
  switch (damage.kind) {
    case "cut":
      return bytes.subarray(0, Math.floor(bytes.length * damage.at));
    case "insert": {
      const at = Math.floor(bytes.length * damage.at);
      return Buffer.concat([bytes.subarray(0, at), Buffer.from(damage.bytes), bytes.subarray(at)]);
    }
    case "byte order mark":
      return Buffer.concat([Buffer.from("\ufeff"), bytes]);
    case "UTF-16":
      return Buffer.from(bytes.toString(), "utf16le");
    case "twice":
      return Buffer.concat([bytes, bytes]);
    case "blanks around":
      return Buffer.from(` \n\t${bytes.toString()}\r\n `);
    case "gzip":
      return gzipSync(bytes);
    default:
      return bytes;
  }
}

/** Returns the framing headers and the sent bytes. */
function applyFraming(body: Buffer, framing: Framing): [string[], Buffer] {
  const length = (bytes: number | string): string => `Content-Length: ${bytes}`;
  const chunked = "Transfer-Encoding: chunked";
  switch (framing) {
    case "length":
      return [[length(body.length)], body];
    case "chunks":
      return [[chunked], chunkedBody(body)];
    case "no length":
      return [[], body];
    case "too short":
      return [[length(body.length + 10)], body];
    case "too long":
      return [[length(Math.floor(body.length / 2))], body];
    case "infinite length":
      return [[length(10 ** 12)], body];
    case "negative length":
      return [[length("-1")], body];
    case "two lengths":
      return [[length(body.length), length(body.length + 1)], body];
    case "length and chunks":
      return [[length(body.length), chunked], chunkedBody(body)];
    case "bad chunk":
      return [[chunked], Buffer.concat([Buffer.from("xyz\r\n"), body])];
    case "unended chunks":
      return [[chunked], chunkedBody(body).subarray(0, -5)];
    case "unknown coding":
      return [["Transfer-Encoding: gzip, rot13"], body];
  }
}

function chunkedBody(body: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length; at += CHUNK_BYTES) {
    const piece = body.subarray(at, at + CHUNK_BYTES);
    parts.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from("\r\n"));
  }
  return Buffer.concat([...parts, Buffer.from("0\r\n\r\n")]);
}
