import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { FIXED_SETTINGS, replaceComposeSettings } from "../../scripts/docs/composeSettings.js";
import { describeSettings } from "../../src/config/settings.js";

const composeFile = readFileSync("docker-compose.yml", "utf8");
/** The service names in a Compose file, with what is tested of them. */
interface ComposeFile {
  services: Record<string, { environment: Record<string, string | null>; volumes: string[]; command?: string[] }>;
  volumes: Record<string, null>;
}
const { services, volumes } = parse(composeFile, { merge: true }) as ComposeFile;

test("the Compose file lists every setting as the code reads it (else: npm run docs)", () => {
  expect(composeFile).toBe(replaceComposeSettings(composeFile));
});

test("web and worker get every setting from the shell, and secrets from files", () => {
  for (const program of ["web", "worker"]) {
    const environment = services[program]?.environment ?? {};
    for (const { name, isSecret } of describeSettings()) {
      if (!FIXED_SETTINGS.has(name)) expect(environment).toHaveProperty(name, null);
      if (isSecret) expect(environment).toHaveProperty(`${name}_FILE`, null);
    }
    // A cluster excludes REDIS_URL, so an empty value must not fall back to the default.
    expect(environment["REDIS_URL"]).toBe(`\${REDIS_URL-redis://redis:6379}`);
    expect(environment["METRICS_PORT"]).toBe(8081);
  }
});

test("secrets and pilot images are mounted read-only, the archive is writable, and each has a volume as its default", () => {
  for (const program of ["web", "worker"]) {
    const mounted = services[program]?.volumes ?? [];
    for (const volume of mounted) expect(volumes).toHaveProperty(/:-([\w-]+)\}/.exec(volume)?.[1] ?? "", null);
    expect(mounted.map((volume) => volume.endsWith(":ro"))).toEqual([true, true, false]);
  }
});

test("the image has the folder of the archive, owned by the user of its programs", () => {
  const [archive = ""] = services["worker"]?.volumes.slice(-1) ?? [];
  const [, folder = ""] = /:(\/[\w/-]+)$/.exec(archive) ?? [];
  const image = readFileSync("Dockerfile", "utf8");
  const [, owner = ""] = /^USER (\d+):/m.exec(image) ?? [];
  expect(image).toContain(`RUN install --directory --owner=${owner} --group=${owner} --mode=700 ${folder}\n`);
});

test("the image of Redis may be replaced by Valkey's, whose programs have other names", () => {
  // Both images start their server when the first word is an option.
  expect(services["redis"]?.command?.[0]).toMatch(/^--/);
});
