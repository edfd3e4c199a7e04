/** A well-formed tag: `X.Y.Z`, `latest`, or a branch tag that ends in `-<hash or name>`. */
const TAG_PATTERN = /^(?:[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}|latest|[a-z0-9._-]+-[a-z0-9]{1,128})$/;
const RELEASE_PATTERN = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;
const IMAGE_PREFIX = "ewms-pilot:";

/** Drops the `v` of `v1.2.3`, which tags of images do not have. */
export const normalizeTag = (tag: string): string => tag.replace(/^v(?=\d)/, "");

/** Whether a normalized tag is well-formed. */
export const isWellFormedTag = (tag: string): boolean => TAG_PATTERN.test(tag);

const releaseNumber = (tag: string): number => {
  const [, major = 0, minor = 0, patch = 0] = RELEASE_PATTERN.exec(tag) ?? [];
  return Number(major) * 1_000_000 + Number(minor) * 1_000 + Number(patch);
};

/**
 * Resolves a requested tag to the tag that is stored.
 *
 * @param tag normalized and well-formed
 * @param listing file names in the image directory; null: no directory is configured, so every tag is accepted
 * @returns undefined when the image does not exist
 */
export function resolvePilotTag(tag: string, listing: readonly string[] | null): string | undefined {
  if (listing === null) return tag;
  const tags = listing.flatMap((entry) => (entry.startsWith(IMAGE_PREFIX) ? [entry.slice(IMAGE_PREFIX.length)] : []));
  if (tag !== "latest") return tags.includes(tag) ? tag : undefined;
  return tags
    .filter((candidate) => RELEASE_PATTERN.test(candidate))
    .reduce<string | undefined>(
      (best, candidate) => (best === undefined || releaseNumber(candidate) > releaseNumber(best) ? candidate : best),
      undefined,
    );
}
