import { findLaterLines, readExport } from "./exportFile.js";
import { parseWorkflowLine, workflowIdOfLine } from "./exportFormat.js";
import { ExportFormatError } from "./exportFormatError.js";
import type { ImportSource } from "./importWorkflows.js";

/**
 * The workflows of a file with one or more exports. Of one that several of them hold, the last line counts.
 *
 * @throws as `readExport`
 */
export async function* readExportSource(path: string): ImportSource & AsyncGenerator {
  const laterLines = await findLaterLines(path);
  for await (const { text, number } of readExport(path)) {
    if (laterLines.size > 0 && (laterLines.get(workflowIdOfLine(text)) ?? 0) > number) continue;
    const place = `line ${number}`;
    try {
      yield { place, workflow: parseWorkflowLine(text) };
    } catch (error) {
      if (!(error instanceof ExportFormatError)) throw error;
      yield { reject: { place, reason: error.message, content: text } };
    }
  }
}
