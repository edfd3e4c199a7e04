const errorCodeOf = (error: unknown): number | undefined =>
  error instanceof Error && "code" in error && typeof error.code === "number" ? error.code : undefined;

/** No lease is running. BullMQ's codes: -1 no such job, -2 no lock, -3 not active, -6 somebody else's lock. */
export const isLeaseLost = (error: unknown): boolean => [-1, -2, -3, -6].includes(errorCodeOf(error) ?? 0);
/** There is no such job. */
export const isJobMissing = (error: unknown): boolean => errorCodeOf(error) === -1;
/** The job is not where the command expects it. */
export const isJobInAnotherState = (error: unknown): boolean => errorCodeOf(error) === -3;

/** Does what ends a lease. @returns false when none was running */
export async function falseIfLeaseLost(end: () => Promise<boolean>): Promise<boolean> {
  try {
    return await end();
  } catch (error) {
    if (isLeaseLost(error)) return false;
    throw error;
  }
}
