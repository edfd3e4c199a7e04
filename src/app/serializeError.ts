import { stdSerializers } from "pino";

/** An error as the log shows it. */
interface SerializedError {
  type: string;
  message: string;
  stack: string;
  code?: unknown;
  aggregateErrors?: SerializedError[];
}

/**
 * What the log shows of an error, its causes included. No more, because clients' errors carry what they were about: those of
 * ioredis a command with all its arguments, among them the records and tokens that were to be stored.
 */
export function serializeError(error: unknown): unknown {
  return error instanceof Error ? toSerializedError(stdSerializers.err(error)) : typeof error;
}

const toSerializedError = ({ type, message, stack, code, aggregateErrors }: SerializedError): SerializedError => ({
  type,
  message,
  stack,
  ...(code !== undefined && { code }),
  ...(aggregateErrors !== undefined && { aggregateErrors: aggregateErrors.map(toSerializedError) }),
});
