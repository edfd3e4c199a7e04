import { stat } from "node:fs/promises";
import { readExportSource } from "./exportSource.js";
import type { ImportSource } from "./importWorkflows.js";
import { TransferFileError } from "./lines.js";
import type { RuleCounts } from "./mongo/documents.js";

/**
 * Opens what an import reads: the address of a MongoDB, a folder or an archive of mongodump, a folder of mongoexport, or an
 * export of this service. The packages for MongoDB are loaded only for the first four.
 *
 * @param rules gets the rules that were applied to documents of a MongoDB
 * @throws TransferFileError when there is no such file
 */
export async function openSource(source: string, rules: RuleCounts): Promise<ImportSource> {
  if (/^mongodb(\+srv)?:\/\//.test(source)) {
    const [{ readLiveDatabase }, { toImportSource }] = await Promise.all([
      import("./mongo/liveDatabase.js"),
      import("./mongo/mongoSource.js"),
    ]);
    return toImportSource(readLiveDatabase(source), rules);
  }
  const isFolder = await stat(source).then(
    (found) => found.isDirectory(),
    (error: Error) => {
      throw new TransferFileError(`${source}: ${error.message}`);
    },
  );
  const dumps = await import("./mongo/dumps.js");
  const isArchive = !isFolder && (await dumps.isArchive(source));
  if (!isFolder && !isArchive) return readExportSource(source);
  const [{ groupByWorkflow }, { toImportSource }] = await Promise.all([
    import("./mongo/groupByWorkflow.js"),
    import("./mongo/mongoSource.js"),
  ]);
  return toImportSource(groupByWorkflow(isFolder ? dumps.readDumpFolder(source) : dumps.readArchive(source)), rules);
}
