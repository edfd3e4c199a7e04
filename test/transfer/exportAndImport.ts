import { expect } from "vitest";
import type { Store } from "../../src/store/store.js";
import { readExportSource } from "../../src/transfer/exportSource.js";
import { exportWorkflows } from "../../src/transfer/exportWorkflows.js";
import { importWorkflows } from "../../src/transfer/importWorkflows.js";

/** Exports all workflows of a store. */
export const exportTo = (store: Store, path: string) =>
  exportWorkflows({ store, path, filter: {}, serviceVersion: "1.0.0", now: 1_800_000_000 });

/** Imports a file, of which nothing may be rejected. */
export const importFrom = (store: Store, path: string) =>
  importWorkflows({
    store,
    source: readExportSource(path),
    isDryRun: false,
    isOverwriting: false,
    onReject: async (reject) => expect.fail(JSON.stringify(reject)),
  });
