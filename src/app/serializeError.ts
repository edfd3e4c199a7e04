import { stdSerializers } from "pino";

/** An error as the log shows it. */
interface ShownError {
  type: string;
  message: string;
  stack: string;
  code?: unknown;
  aggregateErrors?: ShownError[];
}

/**
 * What the log shows of an error, its causes included. No more, because clients' errors carry what they were about: those of
 * ioredis a command with all its arguments, among them the records and tokens that were to be stored.
 */
export function shownError(error: unknown): unknown {
  return error instanceof Error ? shown(stdSerializers.err(error)) : typeof error;
}

const shown = ({ type, message, stack, code, aggregateErrors }: ShownError): ShownError => ({
  type,
  message,
  stack,
  ...(code !== undefined && { code }),
  ...(aggregateErrors !== undefined && { aggregateErrors: aggregateErrors.map(shown) }),
});
