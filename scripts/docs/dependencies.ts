import {
  CLIENT_DEPENDENCY_REASONS,
  CLIENT_DEV_DEPENDENCY_REASONS,
  DEPENDENCY_REASONS,
  DEV_DEPENDENCY_REASONS,
  INSTALL_SCRIPTS,
} from "./dependencyReasons.js";

/** The parts of `package.json` that this module reads. */
export interface Manifest {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
}

/** A package of `package-lock.json`. */
export interface LockedPackage {
  version: string;
  license?: string;
  dev?: boolean;
  /** A link to a package of this repository. */
  link?: boolean;
  hasInstallScript?: boolean;
}

/** `package-lock.json`; the keys are paths such as `node_modules/a/node_modules/b`. */
export interface PackageLock {
  packages: Record<string, LockedPackage>;
}

/** Licences that permit every use of the service and require attribution at most. */
export const PERMISSIVE = new Set([
  "MIT-0",
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "ISC",
  "MIT",
]);

const NODE_MODULES_PREFIX = "node_modules/";
const DOCS_COLUMNS = 120;
const packageNameOf = (path: string): string =>
  path.slice(path.lastIndexOf(NODE_MODULES_PREFIX) + NODE_MODULES_PREFIX.length);

/** Third-party packages of a production installation, by name. A package may occur in several versions. */
export const productionPackages = ({ packages }: PackageLock): [name: string, locked: LockedPackage][] =>
  Object.entries(packages)
    .filter(([path, { dev, link }]) => path.includes(NODE_MODULES_PREFIX) && !dev && !link)
    .map(([path, locked]) => [packageNameOf(path), locked]);

/** Names of the packages with an installation script. */
export const packagesWithInstallScripts = ({ packages }: PackageLock): string[] =>
  Object.entries(packages).flatMap(([path, { hasInstallScript }]) => (hasInstallScript ? [packageNameOf(path)] : []));

/** Renders `docs/dependencies.md`. @param client the manifest of the client's package */
export function renderDependenciesPage(
  { dependencies, devDependencies }: Manifest,
  client: Manifest,
  lock: PackageLock,
): string {
  const licenceOf = (name: string) =>
    (lock.packages[NODE_MODULES_PREFIX + name] ?? lock.packages[`client/${NODE_MODULES_PREFIX}${name}`])?.license ?? "";
  const rows = (wanted: Record<string, string>, reasons: Record<string, string>) =>
    Object.entries(wanted)
      .filter(([name]) => !name.startsWith("@types/"))
      .map(([name, range]) => [name, `\`${range}\``, licenceOf(name), reasons[name] ?? "**no reason given**"]);
  const scripts = packagesWithInstallScripts(lock)
    .sort()
    .map((name) => [name, INSTALL_SCRIPTS[name] ?? "**not reviewed**"]);
  return `# Dependencies

Every package with its licence and reason. \`npm run docs\` generates this page from the manifests, the lockfile and
\`scripts/docs/dependencyReasons.ts\`; a test keeps it current.

## Service

${table(["package", "versions", "licence", "reason"], rows(dependencies, DEPENDENCY_REASONS))}

## Client and command line

An installation of the service alone has none of these.

${table(["package", "versions", "licence", "reason"], rows(client.dependencies, CLIENT_DEPENDENCY_REASONS))}

## Development

${table(["package", "versions", "licence", "reason"], rows(devDependencies, DEV_DEPENDENCY_REASONS))}

For the client's package:

${table(["package", "versions", "licence", "reason"], rows(client.devDependencies, CLIENT_DEV_DEPENDENCY_REASONS))}

Type packages (\`@types/…\`) are not listed.

## Licences

All packages of a production installation, on any platform. All licences are permissive; a test refuses others.

${licenceList(lock)}

## Installation scripts

These packages have a script for \`npm install\`. None is needed, and \`allowScripts\` in \`package.json\` refuses them all.
npm 11.19 runs none of them. npm 10 ignores that field and runs them all, with the effects below; the report of
@scarf/scarf is off for every npm (\`scarfSettings\`).

${table(["package", "effect of its script"], scripts)}
`;
}

/** The packages by licence, as a list wrapped to the width of the docs. */
function licenceList(lock: PackageLock): string {
  const groups = new Map<string, Set<string>>();
  for (const [name, { license = "none" }] of productionPackages(lock))
    groups.set(license, (groups.get(license) ?? new Set()).add(name));
  return [...groups]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([licence, names]) => wrapListItem(`**${licence}** (${names.size}): ${[...names].sort().join(", ")}`))
    .join("\n");
}

function wrapListItem(text: string): string {
  const lines = ["-"];
  for (const word of text.split(" ")) {
    const line = `${lines.at(-1)} ${word}`;
    if (line.length <= DOCS_COLUMNS) lines[lines.length - 1] = line;
    else lines.push(`  ${word}`);
  }
  return lines.join("\n");
}

const table = (head: string[], rows: string[][]): string =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
