// Preload of a service process. At exit it logs the properties added to or removed from built-in prototypes.
import { writeSync } from "node:fs";

const PROTOTYPES = { Object, Array, String, Number, Boolean, Function, Map, Promise, Buffer };

const names = () =>
  Object.entries(PROTOTYPES).flatMap(([name, { prototype }]) =>
    Reflect.ownKeys(prototype).map((key) => `${name}.prototype.${String(key)}`),
  );

const before = new Set(names());
process.on("exit", () => {
  const after = new Set(names());
  const changed = [...new Set([...before, ...after])].filter((name) => !(before.has(name) && after.has(name)));
  writeSync(2, `${JSON.stringify({ msg: "prototypes", changed })}\n`);
});
