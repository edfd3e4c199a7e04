import { isBlank } from "../../domain/jsonScanner.js";
import { NotUtf8Error, parseJsonInSlices } from "../../domain/parseJsonInSlices.js";
import { invalid } from "../../domain/wmsError.js";
import { type BodyLimits, createLimitObserver } from "./bodyLimits.js";
import { describeValue } from "./validationMessages.js";

/**
 * Parses the JSON object in a body. Treats a key named `__proto__` as any other key, and an empty body as `{}`. Yields to
 * other requests while it parses a large body.
 *
 * @throws HttpError 413 for more keys and values than allowed
 * @throws WmsError `invalid` for bytes that are not a JSON object in UTF-8, for text that is not Unicode, and for
 *   deep nesting
 */
export async function parseBody(bytes: Uint8Array, limits: BodyLimits): Promise<Record<string, unknown>> {
  if (isBlank(bytes, 0, bytes.length)) return {};
  const body = await parseJsonInSlices(bytes, { observer: createLimitObserver(limits) }).catch((error: unknown) => {
    if (error instanceof NotUtf8Error) throw invalid("body: not UTF-8");
    if (error instanceof SyntaxError) throw invalid(`body: not JSON: ${error.message}`);
    throw error;
  });
  if (typeof body !== "object" || body === null || Array.isArray(body))
    throw invalid(`body: expected object, got ${describeValue(body)}`);
  return body as Record<string, unknown>;
}
