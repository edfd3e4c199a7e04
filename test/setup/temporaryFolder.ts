import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** Makes an empty folder. It is removed when the test has ended, unless `atEnd` delays that. */
export async function temporaryFolder(atEnd: (remove: () => Promise<void>) => void = onTestFinished): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "wms-test-"));
  atEnd(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
