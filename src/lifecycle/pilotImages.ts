import { access, constants, readdir } from "node:fs/promises";
import { join } from "node:path";
import { pilotImageName, pilotTagCandidates } from "../domain/taskforce.js";
import { unavailable } from "../domain/wmsError.js";

/** Resolves requested tags of pilot images to those that are stored. */
export interface PilotImages {
  /** @param tag normalized and well-formed @returns undefined when there is no such image */
  resolve(tag: string): Promise<string | undefined>;
}

/** Without a directory, every tag is accepted as it is. */
const ANY_IMAGE: PilotImages = { resolve: async (tag) => tag };

/**
 * Lists the pilot images of a directory.
 *
 * @param directory undefined: none is configured
 * @throws WmsError `unavailable` while the directory can't be read
 */
export async function listPilotImages(directory: string | undefined): Promise<PilotImages> {
  if (directory === undefined) return ANY_IMAGE;
  let listing: string[];
  try {
    listing = await readdir(directory);
  } catch (error) {
    throw unavailable("the pilot images cannot be listed at the moment", error);
  }
  // The tasks of a workflow mostly have the same tag.
  const resolved = new Map<string, Promise<string | undefined>>();
  const resolve = async (tag: string): Promise<string | undefined> => {
    for (const candidate of pilotTagCandidates(tag, listing))
      if (await canBeOpened(join(directory, pilotImageName(candidate)))) return candidate;
    return undefined;
  };
  return {
    resolve(tag) {
      const known = resolved.get(tag) ?? resolve(tag);
      resolved.set(tag, known);
      return known;
    },
  };
}

/** Counts the pilot images of a directory. Rejects with the error of the file system if it can't be read. */
export const countPilotImages = async (directory: string): Promise<number> =>
  (await readdir(directory)).filter((entry) => entry.startsWith(pilotImageName(""))).length;

/** Whether an image can be read. A link whose target is gone is no image. */
const canBeOpened = (path: string): Promise<boolean> =>
  access(path, constants.R_OK).then(
    () => true,
    () => false,
  );
