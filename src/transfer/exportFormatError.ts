/** A line that is not what an export holds at its place. */
export class ExportFormatError extends Error {
  override name = "ExportFormatError";
}
