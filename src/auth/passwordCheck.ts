import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/**
 * A check of the `Authorization` header by HTTP's Basic scheme. How long it takes tells nothing about how much was right.
 *
 * @returns whether name and password are right; undefined when the header holds none
 */
export function createPasswordCheck(
  user: string,
  password: string,
): (authorization: string | undefined) => boolean | undefined {
  const key = randomBytes(32);
  // Of equal length, whatever was given.
  const digest = (text: string) => createHmac("sha256", key).update(text).digest();
  const expected = { user: digest(user), password: digest(password) };
  return (authorization) => {
    const [, encoded] = /^Basic +([\w+/=-]+) *$/i.exec(authorization ?? "") ?? [];
    if (encoded === undefined) return undefined;
    const [, givenUser = "", given = ""] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, "base64").toString()) ?? [];
    const userFits = timingSafeEqual(digest(givenUser), expected.user);
    const passwordFits = timingSafeEqual(digest(given), expected.password);
    return userFits && passwordFits;
  };
}
