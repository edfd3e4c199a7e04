import { ErrorCode } from "bullmq";

const LEASE_LOST_CODES: unknown[] = [
  ErrorCode.JobNotExist,
  ErrorCode.JobLockNotExist,
  ErrorCode.JobNotInState,
  ErrorCode.JobLockMismatch,
];

/** The code that BullMQ's scripts put on their errors. */
const errorCodeOf = (error: unknown): unknown => (error instanceof Error && "code" in error ? error.code : undefined);

/** Whether a command failed because the job is not leased. */
export const isLeaseLost = (error: unknown): boolean => LEASE_LOST_CODES.includes(errorCodeOf(error));
/** Whether a command failed because the queue has no such job. */
export const isJobMissing = (error: unknown): boolean => errorCodeOf(error) === ErrorCode.JobNotExist;
/** Whether a command failed because the job is in another state than the command expects. */
export const isJobInAnotherState = (error: unknown): boolean => errorCodeOf(error) === ErrorCode.JobNotInState;

/** Runs a command that ends a lease. @returns its result; false when the job is not leased */
export async function falseIfLeaseLost(endLease: () => Promise<boolean>): Promise<boolean> {
  try {
    return await endLease();
  } catch (error) {
    if (isLeaseLost(error)) return false;
    throw error;
  }
}
