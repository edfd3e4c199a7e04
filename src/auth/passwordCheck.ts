import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/**
 * Makes a check of the `Authorization` header by HTTP's Basic scheme. It takes constant time, so that its duration reveals
 * nothing about the password.
 *
 * @returns the given name, and whether name and password are right; undefined for a header without Basic credentials
 */
export function createPasswordCheck(
  user: string,
  password: string,
): (authorization: string | undefined) => { name: string; isCorrect: boolean } | undefined {
  const key = randomBytes(32);
  // timingSafeEqual needs inputs of equal length.
  const digest = (text: string) => createHmac("sha256", key).update(text).digest();
  const expected = { user: digest(user), password: digest(password) };
  return (authorization) => {
    const [, encoded] = /^Basic +([\w+/=-]+) *$/i.exec(authorization ?? "") ?? [];
    if (encoded === undefined) return undefined;
    const [, name = "", given = ""] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, "base64").toString()) ?? [];
    const userMatches = timingSafeEqual(digest(name), expected.user);
    const passwordMatches = timingSafeEqual(digest(given), expected.password);
    return { name, isCorrect: userMatches && passwordMatches };
  };
}
