/** A parsed JSON object. */
export type JsonObject = Record<string, unknown>;

/** Whether a JSON value is an object, not an array or null. */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Whether a JSON value is not an object or array. */
export const isScalar = (value: unknown): boolean => typeof value !== "object" || value === null;

/** The name of a JSON value's type, for error messages. */
export function jsonTypeName(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}
