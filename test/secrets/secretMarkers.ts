import { expect } from "vitest";

/** What every secret of these tests begins with. */
const SECRET_PREFIX = "marked-";

/** A secret for each place that one can come from, easy to find wherever it turns up. */
export const SECRETS = {
  redisPassword: `${SECRET_PREFIX}redis-p@ss/word%`,
  clientSecret: `${SECRET_PREFIX}client-"secret"`,
  accessToken: `${SECRET_PREFIX}access-token`,
  queueToken: `${SECRET_PREFIX}queue-token`,
  bearerToken: `${SECRET_PREFIX}bearer-token`,
  taskEnvironment: `${SECRET_PREFIX}task-environment`,
} as const;

/** Fails with the places where a secret stands in a text, as it is or in base64. @param where named in the failure */
export function expectNoSecrets(where: string, text: string): void {
  const words = text.match(/[A-Za-z0-9+/_-]{16,}/g) ?? [];
  const decoded = words.map((word) => Buffer.from(word, "base64").toString("latin1"));
  const secrets = [text, ...decoded].flatMap((candidate) =>
    [...candidate.matchAll(new RegExp(`.{0,200}${SECRET_PREFIX}.{0,50}`, "gs"))].map(([place]) => place),
  );
  expect({ where, secrets }).toEqual({ where, secrets: [] });
}
