import { readdir } from "node:fs/promises";
import { isWellFormedTag, normalizeTag, resolvePilotTag } from "../domain/taskforce.js";
import { invalid, unavailable } from "../domain/wmsError.js";

/** Resolves requested pilot tags to images. */
export interface PilotTagResolver {
  /**
   * @param field of the request, for the error
   * @throws WmsError `invalid` for a malformed tag or a tag without an image
   */
  resolve(tag: string, field: string): string;
}

/**
 * Lists the images once for all tags of a request.
 *
 * @param directory undefined: every well-formed tag is accepted as it is
 * @throws WmsError `unavailable` when the directory cannot be read
 */
export async function createPilotTagResolver(directory: string | undefined): Promise<PilotTagResolver> {
  const listing = directory === undefined ? null : await listImages(directory);
  return {
    resolve(requested, field) {
      const tag = normalizeTag(requested);
      if (!isWellFormedTag(tag))
        throw invalid(`${field}: expected X.Y.Z, 'latest' or a branch tag that ends in '-<hash>', got '${requested}'`);
      const resolved = resolvePilotTag(tag, listing);
      if (resolved === undefined) throw invalid(`${field}: pilot image tag not found: ${requested}`);
      return resolved;
    },
  };
}

async function listImages(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    throw unavailable("the pilot images cannot be listed at the moment", error);
  }
}
