import type { Request } from "express";
import { z } from "zod";
import type { Caller } from "../../domain/caller.js";
import type { IdempotentRequest } from "../../domain/idempotentRequest.js";
import { canonicalJson } from "../../domain/schemaParts.js";
import { sha256 } from "../../domain/sha256.js";
import { invalid } from "../../domain/wmsError.js";
import type { JsonText, RouteResponse } from "./route.js";

const IDEMPOTENCY_KEY_PATTERN = /^[\x21-\x7e]{1,255}$/;

/** The request header of idempotent routes in the OpenAPI document. */
export const idempotencyKeyHeaders = z.object({
  "Idempotency-Key": z
    .string()
    .min(1)
    .max(255)
    .optional()
    .meta({
      description:
        "Chosen by the client: 1 to 255 visible ASCII characters. A request that repeats a key within 24 h takes effect once " +
        "and gets the first response again. A key is valid for one caller and one path.",
    }),
});

/** The header of a response to a repeated request. */
export const idempotencyReplayedHeaders = z.object({
  "Idempotency-Replayed": z
    .literal("true")
    .optional()
    .meta({ description: "This is the response of an earlier request with the same key." }),
});

/**
 * Identifies a request by its `Idempotency-Key`.
 *
 * @param body the validated body; the order of keys in objects does not matter
 * @returns `undefined` for a request without a key
 * @throws WmsError `invalid` for a malformed key
 */
export function parseIdempotencyKey(
  { headers, path }: Request,
  caller: Caller | undefined,
  body: unknown,
): IdempotentRequest | undefined {
  const key = headers["idempotency-key"];
  if (key === undefined) return undefined;
  // Node joins repeated headers with a comma and a blank, which the pattern rejects.
  if (typeof key !== "string" || !IDEMPOTENCY_KEY_PATTERN.test(key))
    throw invalid("Idempotency-Key: expected 1 to 255 visible ASCII characters, once");
  const name = sha256(`${path}\n${key}\n${caller?.subject ?? ""}`).toString("hex");
  return { name, digest: sha256(canonicalJson(body)).toString("hex") };
}

/** The response to a request that may be a repetition. */
export const idempotentResponse = ({ text, replayed }: { text: JsonText; replayed: boolean }): RouteResponse =>
  replayed ? { status: 200, text, headers: { "idempotency-replayed": "true" } } : text;
