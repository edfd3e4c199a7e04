import { join } from "node:path";
import { readPrivateJson, writePrivateJson } from "../privateFile.js";
import { cacheFolder } from "../tokenFile.js";

/** Services whose last id is kept. */
const MAX_SERVICES = 20;

const pathOf = (env: NodeJS.ProcessEnv): string => join(cacheFolder(env), "last-ids.json");

/** The id of the last command with an id at a service, which `-` stands for; undefined before the first one. */
export async function readLastId(env: NodeJS.ProcessEnv, url: string): Promise<string | undefined> {
  const id = (await readPrivateJson<unknown>(pathOf(env)))[url];
  return typeof id === "string" ? id : undefined;
}

/** Keeps the id of a command for the next ones. */
export async function writeLastId(env: NodeJS.ProcessEnv, url: string, id: string): Promise<void> {
  const { [url]: known, ...others } = await readPrivateJson(pathOf(env));
  if (known === id) return;
  const kept = Object.entries(others).slice(1 - MAX_SERVICES);
  await writePrivateJson(pathOf(env), { ...Object.fromEntries(kept), [url]: id });
}
