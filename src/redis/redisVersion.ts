/** Older versions lack commands that the queues use. Valkey reports the version of the Redis that it replaces. */
export const MIN_REDIS_VERSION = "6.2";

/** Whether a version like `7.0.15` is at least {@link MIN_REDIS_VERSION}. */
export function isSupportedVersion(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 6 || (major === 6 && minor >= 2);
}
