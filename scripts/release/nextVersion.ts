import { ReleaseRefused } from "./releaseRefused.js";

/** Release candidates do not exist: a version is three numbers. */
const VERSION = /^(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})$/;

/** @throws ReleaseRefused if the text is not a version such as `1.2.3` */
function parseVersion(text: string): number[] {
  const [, ...numbers] = VERSION.exec(text) ?? [];
  if (numbers.length === 0)
    throw new ReleaseRefused(`"${text}" is not a version: expected three numbers such as 1.2.3`);
  return numbers.map(Number);
}

/**
 * Checks that a version may follow another one, by the order of Semantic Versioning.
 *
 * @throws ReleaseRefused if `next` is not a version, or not newer than `current`
 */
export function checkNextVersion(current: string, next: string): void {
  const [before, after] = [parseVersion(current), parseVersion(next)];
  const differing = after.findIndex((number, index) => number !== before[index]);
  if (differing === -1 || (after[differing] ?? 0) < (before[differing] ?? 0))
    throw new ReleaseRefused(`${next} is not newer than ${current}, the version of package.json: choose a higher one`);
}
