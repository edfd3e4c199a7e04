import { ReleaseRefused } from "./releaseRefused.js";

const UNRELEASED = "## Unreleased";

/**
 * Makes the changes that the CHANGELOG lists as unreleased those of a version. An empty unreleased section stays above.
 *
 * @param text the whole CHANGELOG
 * @param date the day of the release, as `2026-11-29`
 * @throws ReleaseRefused if there is no unreleased section, or nothing but headings in it
 */
export function releaseChangelog(text: string, version: string, date: string): string {
  const [before, after, ...others] = text.split(new RegExp(`^${UNRELEASED}$`, "m"));
  if (before === undefined || after === undefined || others.length > 0)
    throw new ReleaseRefused(`CHANGELOG.md needs one heading "${UNRELEASED}": add it above the newest version`);
  const [changes = ""] = after.split(/^## /m, 1);
  if (changes.replace(/^#.*$/gm, "").trim() === "")
    throw new ReleaseRefused(`CHANGELOG.md lists no changes under "${UNRELEASED}": describe them, then release`);
  return `${before}${UNRELEASED}\n\n## ${version} (${date})${after}`;
}
