import { expect } from "vitest";

/** What every secret of these tests begins with. */
const MARK = "marked-";

/** A secret for each place that one can come from, easy to find wherever it turns up. */
export const SECRETS = {
  redisPassword: `${MARK}redis-p@ss/word%`,
  clientSecret: `${MARK}client-"secret"`,
  accessToken: `${MARK}access-token`,
  queueToken: `${MARK}queue-token`,
  bearerToken: `${MARK}bearer-token`,
  taskEnvironment: `${MARK}task-environment`,
} as const;

/** Fails with the places where a secret stands in a text, as it is or in base64. @param where named in the failure */
export function expectNoSecrets(where: string, text: string): void {
  const words = text.match(/[A-Za-z0-9+/_-]{16,}/g) ?? [];
  const decoded = words.map((word) => Buffer.from(word, "base64").toString("latin1"));
  const secrets = [text, ...decoded].flatMap((candidate) =>
    [...candidate.matchAll(new RegExp(`.{0,200}${MARK}.{0,50}`, "gs"))].map(([place]) => place),
  );
  expect({ where, secrets }).toEqual({ where, secrets: [] });
}
