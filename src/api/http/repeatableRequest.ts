import type { Request, Response } from "express";
import type { Caller } from "../../domain/caller.js";
import { canonicalDigest } from "../../domain/canonicalJson.js";
import type { OnResponseEnd, RepeatableRequest } from "../../domain/repeatableRequest.js";
import { sha256Hex } from "../../domain/sha256.js";
import { createYielder } from "../../domain/time.js";
import { invalid } from "../../domain/wmsError.js";

const KEY_HEADER = "idempotency-key";

/** Whether a request is identified by the bytes of its body, because it has no `Idempotency-Key`. */
export const isIdentifiedByBody = ({ headers }: Request): boolean => headers[KEY_HEADER] === undefined;

/** The parts of a request that identify it. */
interface RequestIdentity {
  request: Request;
  caller: Caller | undefined;
  /** The validated body. With a key, the order of keys in its objects does not matter. */
  body: unknown;
  /** Hexadecimal digest of the bytes of the body, if it identifies the request. */
  bodyDigest: string;
  onEnd: OnResponseEnd;
}

/**
 * Identifies a request by its path, its caller, and its `Idempotency-Key`; without a key by its body.
 *
 * @throws WmsError `invalid` for a malformed key
 */
export async function identifyRequest({
  request: { headers, path },
  caller,
  body,
  bodyDigest,
  onEnd,
}: RequestIdentity): Promise<RepeatableRequest> {
  const subject = caller?.subject ?? "";
  const key = headers[KEY_HEADER];
  if (key === undefined) {
    // 128 bits suffice against collisions.
    const name = sha256Hex(`${path}\n${bodyDigest}\n${subject}`).slice(0, 32);
    return { kind: "plain", name, onEnd };
  }
  // Node joins repeated headers with a comma and a blank, which the pattern rejects.
  if (typeof key !== "string" || !/^[\x21-\x7e]{1,255}$/.test(key))
    throw invalid("Idempotency-Key: expected 1 to 255 visible ASCII characters, once");
  const name = sha256Hex(`${path}\n${key}\n${subject}`);
  return { kind: "keyed", name, digest: await canonicalDigest(body, createYielder()) };
}

/** Follows what becomes of a response. */
export const responseEndOf =
  (response: Response): OnResponseEnd =>
  (callback) => {
    if (response.closed) {
      callback(false);
      return;
    }
    const onClose = () => callback(false);
    response.once("close", onClose);
    // Emitted when the operating system has all of the response.
    response.once("finish", () => {
      response.off("close", onClose);
      callback(response.statusCode < 400);
    });
  };
