import { readExport } from "./exportFile.js";
import { ExportFormatError, parseWorkflowLine } from "./exportFormat.js";
import type { ImportSource } from "./importWorkflows.js";

/** The workflows of an export. @throws as `readExport` */
export async function* readExportSource(path: string): ImportSource & AsyncGenerator {
  for await (const { text, number } of readExport(path)) {
    const place = `line ${number}`;
    try {
      yield { place, workflow: parseWorkflowLine(text) };
    } catch (error) {
      if (!(error instanceof ExportFormatError)) throw error;
      yield { reject: { place, reason: error.message, content: text } };
    }
  }
}
