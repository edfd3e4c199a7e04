import { type Config, ConfigError } from "../config/config.js";
import type { UpstreamOutcomes } from "../domain/upstreamOutcomes.js";
import { countPilotImages } from "../lifecycle/pilotImages.js";
import type { PeriodicWork } from "../workers/periodic.js";

/** Milliseconds between two checks. */
const CHECK_INTERVAL_MS = 10_000;

/** @throws ConfigError when pilot images are configured and there are none: each creation would be refused */
export async function requirePilotImage({ lifecycle: { pilotImagesDir } }: Config): Promise<void> {
  if (pilotImagesDir === undefined || (await countPilotImages(pilotImagesDir).catch(() => 0)) > 0) return;
  throw new ConfigError(`CVMFS_PILOT_SINGULARITY_IMAGES_DIR: ${missingSentence(pilotImagesDir)}`);
}

/**
 * The work that checks whether the pilot images can still be listed: a file system may be lost while the service runs.
 *
 * @param outcomes records the checks
 */
export const watchPilotImages = ({
  directory,
  outcomes,
}: {
  directory: string;
  outcomes: UpstreamOutcomes;
}): PeriodicWork => ({
  name: "check pilot images",
  intervalMs: CHECK_INTERVAL_MS,
  async runOnce() {
    const startedAtMs = performance.now();
    try {
      if ((await countPilotImages(directory)) === 0) throw new Error(missingSentence(directory));
      outcomes.recordSuccess(performance.now() - startedAtMs);
    } catch (error) {
      outcomes.recordFailure(error);
      throw error;
    }
  },
});

const missingSentence = (directory: string): string => `no pilot image (ewms-pilot:<tag>) in ${directory}`;
