import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ConfigError, readConfig } from "../../src/config/config.js";
import { secretSettings } from "../../src/config/settings.js";
import { temporaryFolder } from "../setup/temporaryFolder.js";

/** Writes a secret to a file. @returns its path */
async function writeSecret(text: string): Promise<string> {
  const path = join(await temporaryFolder(), "secret");
  await writeFile(path, text);
  return path;
}

describe("a secret in a file", () => {
  it("is read without the line break at its end, and masked in the log", async () => {
    for (const [text, token] of [
      ["open-sesame", "open-sesame"],
      ["open-sesame\n", "open-sesame"],
      ["open-sesame\r\n", "open-sesame"],
    ] as const) {
      const config = readConfig({ METRICS_TOKEN_FILE: await writeSecret(text) });
      expect(config.metrics.token).toBe(token);
      expect(config.secrets).toContain(token);
    }
  });

  it("may be any setting that is secret", async () => {
    const names = secretSettings();
    expect(names).toEqual(
      expect.arrayContaining(["REDIS_URL", "ADMIN_PASSWORD", "SESSION_SECRET", "MQS_CLIENT_SECRET"]),
    );
    for (const name of names) {
      const path = await writeSecret("");
      expect(() => readConfig({ [`${name}_FILE`]: path })).toThrow(`${name}_FILE: ${path} is empty`);
    }
    const redis = readConfig({ REDIS_URL_FILE: await writeSecret("redis://:hush@redis:6379\n") }).redis;
    expect(redis).toEqual({ url: "redis://:hush@redis:6379" });
  });

  it("does not need a file when the variable is empty", () => {
    expect(readConfig({ METRICS_TOKEN_FILE: "", METRICS_TOKEN: "open-sesame" }).metrics.token).toBe("open-sesame");
  });

  it("is refused when it can't be read, is too large, invalid, or set twice", async () => {
    const refusals = [
      [{ METRICS_TOKEN_FILE: "/nowhere/token" }, "METRICS_TOKEN_FILE: can't read /nowhere/token (ENOENT)"],
      [{ METRICS_TOKEN_FILE: "/" }, "METRICS_TOKEN_FILE: can't read / (EISDIR)"],
      [
        { METRICS_TOKEN_FILE: await writeSecret("x".repeat(70_000)) },
        /^METRICS_TOKEN_FILE: .* is larger than 65536 bytes/,
      ],
      [{ METRICS_TOKEN_FILE: await writeSecret("ä") }, /^METRICS_TOKEN: must consist of visible ASCII characters/],
      [
        { METRICS_TOKEN_FILE: await writeSecret("x"), METRICS_TOKEN: "y" },
        "METRICS_TOKEN_FILE: can't be combined with METRICS_TOKEN",
      ],
    ] as const;
    for (const [environment, sentence] of refusals) {
      expect(() => readConfig(environment)).toThrow(ConfigError);
      expect(() => readConfig(environment)).toThrow(sentence);
    }
  });
});
