import { stdSerializers } from "pino";

/** An error in the log. */
interface SerializedError {
  type: string;
  message: string;
  stack: string;
  code?: unknown;
  aggregateErrors?: SerializedError[];
}

/**
 * Reduces an error and its causes for the log. Other properties are dropped, because they may hold secrets: errors of ioredis
 * carry the arguments of the command, for example records and tokens.
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
