import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const FOLDERS = ["src/store/scripts", "src/queues/scripts"];
const scripts = FOLDERS.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));

test.each(scripts)("%s has no nested long bracket, which the Lua of Redis 6.2 rejects", (path) => {
  for (const [, comment = ""] of readFileSync(path, "utf8").matchAll(/--\[\[([\s\S]*?)\]\]/g))
    expect(comment).not.toContain("[[");
});
