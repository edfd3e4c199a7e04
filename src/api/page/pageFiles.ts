import { existsSync, readdirSync, readFileSync } from "node:fs";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

/** A static file of the page. */
export interface PageFile {
  type: string;
  bytes: Buffer;
  gzipped: Buffer;
}

/** The built page: its document and its assets, whose names change with their contents. */
export interface BuiltPage {
  document: string;
  assets: ReadonlyMap<string, PageFile>;
}

const CONTENT_TYPES: Record<string, string> = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** Folders of the built page: beside the programs in `dist/`, and the same folder seen from `src/`. */
const PAGE_FOLDERS = ["./page/", "../../../dist/page/"].map((path) => fileURLToPath(new URL(path, import.meta.url)));

/** Reads the page into memory. @returns undefined when it was not built */
export function readBuiltPage(folders: readonly string[] = PAGE_FOLDERS): BuiltPage | undefined {
  const folder = folders.find((path) => existsSync(`${path}index.html`));
  if (folder === undefined) return undefined;
  const assets = readdirSync(`${folder}assets`).flatMap((name): [string, PageFile][] => {
    const type = CONTENT_TYPES[extname(name)];
    if (type === undefined) return [];
    const bytes = readFileSync(`${folder}assets/${name}`);
    return [[name, { type, bytes, gzipped: gzipSync(bytes) }]];
  });
  return { document: readFileSync(`${folder}index.html`, "utf8"), assets: new Map(assets) };
}
