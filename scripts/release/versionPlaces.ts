import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ReleaseRefused } from "./releaseRefused.js";

/** A file that repeats the version of the service. */
interface VersionPlace {
  file: string;
  /** Matches each mention of the version, and nothing around it. */
  mentions: RegExp;
}

const MANIFEST: VersionPlace = { file: "package.json", mentions: /(?<=^ {2}"version": ")[^"]+/gm };

/**
 * The source is package.json: the bundles of the service import it, and the workflow of the image passes it on. npm, Helm and
 * the docs need the version in files of their own.
 */
const PLACES: readonly VersionPlace[] = [
  MANIFEST,
  { file: "client/package.json", mentions: MANIFEST.mentions },
  // Twice the service, once the client. Names of other packages are paths, and not properties.
  { file: "package-lock.json", mentions: /(?<="name": "ewms(?:-wms)?",\s+"version": ")[^"]+/g },
  { file: "docs/client.md", mentions: /(?<=\bewms-)\d[\d.]+(?=\.tgz)|(?<=^ewms-wms )\d\S*$/gm },
  { file: "docs/extensions.md", mentions: /(?<="version":")[^"]+(?=","host")|(?<="versions":\[")[^"]+/g },
  { file: "ops/kubernetes/ewms-wms/Chart.yaml", mentions: /(?<=^(?:version|appVersion): ["']?)\d[^\s"']*/gm },
];

/** The chart is optional. */
const placesIn = (root: string): VersionPlace[] =>
  PLACES.filter(({ file }) => !file.endsWith("/Chart.yaml") || existsSync(join(root, file)));

const read = (root: string, file: string): string => readFileSync(join(root, file), "utf8");

/**
 * Returns the version of the repository.
 *
 * @param root folder of the repository
 * @throws ReleaseRefused if a place has another version than package.json, or none
 */
export function readVersion(root: string): string {
  const [version = ""] = read(root, MANIFEST.file).match(MANIFEST.mentions) ?? [];
  for (const { file, mentions } of placesIn(root)) {
    const found = read(root, file).match(mentions) ?? ["no version"];
    const other = found.find((mention) => mention !== version);
    if (other !== undefined)
      throw new ReleaseRefused(`${file} has ${other} instead of ${version}, the version of package.json: correct it`);
  }
  return version;
}

/**
 * Sets the version in all places.
 *
 * @param root folder of the repository
 * @returns the changed files
 */
export function writeVersion(root: string, version: string): string[] {
  return placesIn(root).map(({ file, mentions }) => {
    writeFileSync(join(root, file), read(root, file).replace(mentions, version));
    return file;
  });
}
