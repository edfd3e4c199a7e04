import { z } from "zod";
import { showEarlyIds, storedWorkflowId } from "../domain/earlyIds.js";
import { decodeHistory } from "../domain/historyText.js";
import { taskDirectiveSchema } from "../domain/taskDirective.js";
import { taskforceSchema } from "../domain/taskforce.js";
import { workflowSchema } from "../domain/workflow.js";
import type { ExportedWorkflow } from "../store/exportedWorkflow.js";
import { ExportFormatError } from "./exportFormatError.js";
import { withStoredIds } from "./storedIds.js";

/*
 * An export is text in UTF-8: a header, one workflow a line, and a trailer, each a JSON object. docs/operations/transfer.md
 * describes it for operators.
 */

/** The value of `format` in the header. */
const FORMAT = "ewms-wms-export";
/** Raised when a release writes lines that an earlier one cannot read. */
const FORMAT_VERSION = 1;

/** Which workflows an export holds. Times are epoch seconds. */
export interface ExportFilter {
  workflow_ids?: string[] | undefined;
  /** Only those that ended before. */
  ended_before?: number | undefined;
  /** Only those that were created at that time or later. */
  created_since?: number | undefined;
}

const headerSchema = z.looseObject({
  format: z.literal(FORMAT),
  version: z.int(),
  service_version: z.string(),
  partitions: z.int(),
  exported_at: z.number(),
  filter: z.looseObject({}),
});

const trailerSchema = z.strictObject({
  trailer: z.strictObject({
    workflows: z.int(),
    task_directives: z.int(),
    taskforces: z.int(),
    /** Of all lines before, with their ends, in hexadecimal digits. */
    sha256: z.string(),
  }),
});

/** The first line of an export. */
export type ExportHeader = z.infer<typeof headerSchema>;
/** How much an export holds. */
export type ExportCounts = Omit<z.infer<typeof trailerSchema>["trailer"], "sha256">;

const texts = z.record(z.string(), z.string());
const workflowLineSchema = z.strictObject({
  workflow: workflowSchema.required(),
  task_directives: z.array(taskDirectiveSchema.required()),
  taskforces: z.array(taskforceSchema.required()),
  extensions: z.strictObject({
    workflow: texts,
    taskforces: z.record(z.string(), texts),
    mq_profiles: texts,
    deactivating: z.boolean(),
    history: z
      .string()
      .refine((text) => decodeHistory(text) !== undefined, "is no history that this release reads")
      .optional(),
  }),
});

/** The header of an export as JSON text. @param exportedAt epoch seconds */
export const headerJson = (options: {
  serviceVersion: string;
  partitions: number;
  exportedAt: number;
  filter: ExportFilter;
}): string =>
  showEarlyIds(
    JSON.stringify({
      format: FORMAT,
      version: FORMAT_VERSION,
      service_version: options.serviceVersion,
      partitions: options.partitions,
      exported_at: options.exportedAt,
      filter: options.filter,
    }),
  );

/** The trailer of an export as JSON text. */
export const trailerJson = (counts: ExportCounts, sha256: string): string =>
  JSON.stringify({ trailer: { ...counts, sha256 } });

/** Parses the first line. @throws ExportFormatError */
export function parseHeader(line: string): ExportHeader {
  const header = headerSchema.safeParse(parseJson(line, "the first line"));
  if (!header.success) throw new ExportFormatError("the first line is not the header of an export of this service");
  if (header.data.version > FORMAT_VERSION)
    throw new ExportFormatError(
      `the file has version ${header.data.version} of the format, and this release reads versions up to ${FORMAT_VERSION}`,
    );
  return header.data;
}

/** Whether a line begins an export. */
export const isHeader = (line: string): boolean => line.startsWith('{"format":');

/** The id under which the workflow of a line is stored, without parsing all of it; empty for a line that holds none. */
export const workflowIdOfLine = (line: string): string =>
  storedWorkflowId(/^\{"workflow":\{"workflow_id":"([^"\\]*)"/.exec(line)?.[1] ?? "");

/** Whether a line is the trailer. */
export const isTrailer = (line: string): boolean => line.startsWith('{"trailer":');

/** Parses the last line. @throws ExportFormatError */
export function parseTrailer(line: string): ExportCounts & { sha256: string } {
  const trailer = trailerSchema.safeParse(parseJson(line, "the last line"));
  if (!trailer.success) throw new ExportFormatError("the last line is no trailer");
  return trailer.data.trailer;
}

/** Parses a line with a workflow. @throws ExportFormatError that names the field */
export const parseWorkflowLine = (line: string): ExportedWorkflow => parseWorkflow(parseJson(line, "a line"));

/** Checks a workflow. @returns it, with the ids under which it is stored @throws ExportFormatError that names the field */
export function parseWorkflow(input: unknown): ExportedWorkflow {
  const workflow = workflowLineSchema.safeParse(input);
  if (workflow.success) return withStoredIds(workflow.data as unknown as ExportedWorkflow);
  const issue = workflow.error.issues[0];
  throw new ExportFormatError(`${issue?.path.map(String).join(".") ?? ""}: ${issue?.message ?? "is not usable"}`);
}

function parseJson(line: string, what: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new ExportFormatError(`${what} is no JSON: ${(error as Error).message}`);
  }
}
