import type { Request } from "express";
import { z } from "zod";
import type { Caller } from "../../domain/caller.js";
import type { IdempotentRequest } from "../../domain/idempotentRequest.js";
import { canonicalJson } from "../../domain/schemaParts.js";
import { sha256 } from "../../domain/sha256.js";
import { invalid } from "../../domain/wmsError.js";
import type { JsonText, RouteResponse } from "./route.js";

const IDEMPOTENCY_KEY_PATTERN = /^[\x21-\x7e]{1,255}$/;

/** The request header of routes that may be repeated, as the document shows it. */
export const idempotencyKeyHeaders = z.object({
  "Idempotency-Key": z
    .string()
    .min(1)
    .max(255)
    .optional()
    .meta({
      description:
        "Chosen by the client, 1 to 255 visible ASCII characters: the same request with the same key takes effect once in 24 h, " +
        "and gets the same answer again. A key counts for one caller and one path.",
    }),
});

/** The response header that tells a repetition. */
export const idempotencyReplayedHeaders = z.object({
  "Idempotency-Replayed": z
    .literal("true")
    .optional()
    .meta({ description: "The same request had taken effect before." }),
});

/**
 * What tells a request from others by its `Idempotency-Key`.
 *
 * @param body as it was checked: the order of an object's keys makes no other request
 * @returns undefined for a request without a key
 * @throws WmsError `invalid` for a key that can't be one
 */
export function parseIdempotencyKey(
  { headers, path }: Request,
  caller: Caller | undefined,
  body: unknown,
): IdempotentRequest | undefined {
  const key = headers["idempotency-key"];
  if (key === undefined) return undefined;
  // Several headers come as one, with blanks between their values.
  if (typeof key !== "string" || !IDEMPOTENCY_KEY_PATTERN.test(key))
    throw invalid("Idempotency-Key: expected 1 to 255 visible ASCII characters, once");
  const name = sha256(`${path}\n${key}\n${caller?.subject ?? ""}`).toString("hex");
  return { name, digest: sha256(canonicalJson(body)).toString("hex") };
}

/** The answer to a request that may be a repetition. */
export const idempotentResponse = ({ text, replayed }: { text: JsonText; replayed: boolean }): RouteResponse =>
  replayed ? { status: 200, text, headers: { "idempotency-replayed": "true" } } : text;
