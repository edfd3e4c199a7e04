import { type Config, ConfigError } from "../config/config.js";
import { hasPilotImage } from "../lifecycle/pilotImages.js";

/** @throws ConfigError when pilot images are configured and there are none: each creation would be refused */
export async function requirePilotImage({ lifecycle: { pilotImagesDir } }: Config): Promise<void> {
  if (pilotImagesDir === undefined || (await hasPilotImage(pilotImagesDir))) return;
  const sentence = `no pilot image (ewms-pilot:<tag>) in ${pilotImagesDir}`;
  throw new ConfigError(`CVMFS_PILOT_SINGULARITY_IMAGES_DIR: ${sentence}`);
}
