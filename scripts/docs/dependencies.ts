import {
  CLIENT_DEPENDENCY_REASONS,
  CLIENT_DEV_DEPENDENCY_REASONS,
  DEPENDENCY_REASONS,
  DEV_DEPENDENCY_REASONS,
  INSTALL_SCRIPTS,
} from "./dependencyReasons.js";

/** As much of `package.json` as is read here. */
export interface Manifest {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
}

/** A package of `package-lock.json`. */
export interface LockedPackage {
  version: string;
  license?: string;
  dev?: boolean;
  /** A package of this repository. */
  link?: boolean;
  hasInstallScript?: boolean;
}

/** `package-lock.json`; the keys are paths such as `node_modules/a/node_modules/b`. */
export interface PackageLock {
  packages: Record<string, LockedPackage>;
}

/** Licences that allow everything which is done with the service, and ask for no more than to be named. */
export const PERMISSIVE = new Set([
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "ISC",
  "MIT",
]);

const NODE_MODULES_PREFIX = "node_modules/";
const packageNameOf = (path: string): string =>
  path.slice(path.lastIndexOf(NODE_MODULES_PREFIX) + NODE_MODULES_PREFIX.length);

/** Packages of others that an installation without `devDependencies` can hold, by name. One may be there in several versions. */
export const productionPackages = ({ packages }: PackageLock): [name: string, locked: LockedPackage][] =>
  Object.entries(packages)
    .filter(([path, { dev, link }]) => path.includes(NODE_MODULES_PREFIX) && !dev && !link)
    .map(([path, locked]) => [packageNameOf(path), locked]);

/** Names of the packages that bring a script which `npm install` would run. */
export const packagesWithInstallScripts = ({ packages }: PackageLock): string[] =>
  Object.entries(packages).flatMap(([path, { hasInstallScript }]) => (hasInstallScript ? [packageNameOf(path)] : []));

/** The page about dependencies. @param client the manifest of the client's package */
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
    .map((name) => [name, INSTALL_SCRIPTS[name] ?? "**not looked at**"]);
  return `# Dependencies

Made by \`npm run docs\` from \`package.json\`, \`client/package.json\`, \`package-lock.json\` and \`scripts/docs/dependencyReasons.ts\`; a test keeps it true.

## What the service needs to run

${table(["package", "versions", "licence", "why"], rows(dependencies, DEPENDENCY_REASONS))}

## What the client and its command line need to run

An installation of the service alone has none of these.

${table(["package", "versions", "licence", "why"], rows(client.dependencies, CLIENT_DEPENDENCY_REASONS))}

## What developing it needs

${table(["package", "versions", "licence", "why"], rows(devDependencies, DEV_DEPENDENCY_REASONS))}

The client's package besides:

${table(["package", "versions", "licence", "why"], rows(client.devDependencies, CLIENT_DEV_DEPENDENCY_REASONS))}

Types of other packages (\`@types/…\`) are not listed.

## Licences

All packages that an installation for production can hold, those for other systems included. All licences are permissive: a test refuses others.

${table(["licence", "packages", "which"], licenceRows(lock))}

## Scripts at installation

These packages bring a script for \`npm install\`. None of them is needed, and \`allowScripts\` in \`package.json\` refuses them all. npm 11.19 runs none of
them. npm 10 does not know that field and runs them all; they then do what is said here, but for the report of @scarf/scarf, which \`scarfSettings\` turns off for every npm.

${table(["package", "what its script would do"], scripts)}
`;
}

function licenceRows(lock: PackageLock): string[][] {
  const groups = new Map<string, Set<string>>();
  for (const [name, { license = "none" }] of productionPackages(lock))
    groups.set(license, (groups.get(license) ?? new Set()).add(name));
  return [...groups]
    .map(([licence, names]) => [licence, String(names.size), [...names].sort().join(", ")])
    .sort(([one = ""], [other = ""]) => (one < other ? -1 : 1));
}

const table = (head: string[], rows: string[][]): string =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
