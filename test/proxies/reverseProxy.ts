import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { canInstallWithApt, installWithApt } from "../../scripts/setup/installPackage.js";
import { pickFreePort } from "../setup/freePort.js";
import { temporaryFolder } from "../setup/temporaryFolder.js";
import { waitUntil } from "../setup/waitFor.js";

/** A proxy whose example configuration in `ops/` is tested. */
export type ProxyName = "nginx" | "haproxy";

/** Debian's packages install into a folder that is not on every user's PATH. */
const PROXIES = {
  nginx: {
    command: "/usr/sbin/nginx",
    file: "ops/nginx/wms.conf",
    debianPackage: "nginx-light",
    listen: "listen 80;",
    server: "server 127.0.0.1:8080 fail_timeout=2s;",
  },
  haproxy: {
    command: "/usr/sbin/haproxy",
    file: "ops/haproxy/haproxy.cfg",
    debianPackage: "haproxy",
    listen: "bind :80\n",
    server: "server web1 127.0.0.1:8080",
  },
} as const;

/**
 * Whether a proxy of Debian is installed. Installs its package if it is missing and this process may do so. If that fails,
 * the reason is printed, and the tests that need it are skipped.
 */
export async function ensureProxy(name: ProxyName): Promise<boolean> {
  const { command, debianPackage } = PROXIES[name];
  if (!existsSync(command) && (await canInstallWithApt()))
    await installWithApt(debianPackage).catch((error: Error) => console.error(`without ${name}: ${error.message}`));
  return existsSync(command);
}

/**
 * Starts a proxy with its example configuration, at a free port. It is stopped when the test has ended.
 *
 * @param backends addresses of the web processes
 * @param change of the configuration
 * @returns the address of the service behind it, without a slash at the end
 */
export async function startProxy(
  name: ProxyName,
  backends: readonly string[],
  { change = (text) => text, atEnd }: { change?: (text: string) => string; atEnd: (stop: () => Promise<void>) => void },
): Promise<string> {
  const folder = await temporaryFolder(atEnd);
  const port = await pickFreePort();
  const text = await exampleConfiguration(name, port, backends);
  const file = join(folder, "proxy.conf");
  await writeFile(file, name === "nginx" ? wholeNginxConfiguration(folder, change(text)) : change(text));
  const args = name === "nginx" ? ["-p", folder, "-c", file, "-e", join(folder, "error.log")] : ["-db", "-f", file];
  const proxy = spawn(PROXIES[name].command, args, { stdio: ["ignore", "ignore", "pipe"] });
  const exited = once(proxy, "exit");
  let errors = "";
  proxy.stderr.setEncoding("utf8").on("data", (piece: string) => {
    errors += piece;
  });
  atEnd(async () => {
    proxy.kill("SIGTERM");
    await exited;
  });
  const url = `http://127.0.0.1:${port}`;
  await waitUntil(`${name} listens`, async () => {
    if (proxy.exitCode !== null) throw new Error(`${name} ended: ${errors}`);
    return fetch(url).then(
      () => true,
      () => false,
    );
  });
  return `${url}/wms`;
}

/** Returns the example with the test's ports. */
async function exampleConfiguration(name: ProxyName, port: number, backends: readonly string[]): Promise<string> {
  const { file, listen, server } = PROXIES[name];
  const lines = backends.map((url, n) =>
    server.replace("127.0.0.1:8080", new URL(url).host).replace("web1", `web${n + 1}`),
  );
  const text = await readFile(file, "utf8");
  const replaced = text
    .replace(server, lines.join("\n    "))
    .replace(listen, listen.replace(/:?80/, `127.0.0.1:${port}`));
  if (!replaced.includes(`127.0.0.1:${port}`) || replaced.includes("8080")) throw new Error(`${file}: not understood`);
  return replaced;
}

/** The example belongs into the part `http` of a configuration. All files stay in one folder. */
const wholeNginxConfiguration = (folder: string, example: string): string => `
${process.getuid?.() === 0 ? "user root;" : ""}
daemon off;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log;
events {}
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
${example}
}
`;
