/**
 * Writes the parts of the documentation that are made from the code: the tables of settings.
 *
 *   npm run docs
 */
import { readFileSync, writeFileSync } from "node:fs";
import { withSettings } from "./docs/settings.js";

const page = "docs/operations.md";
writeFileSync(page, withSettings(readFileSync(page, "utf8")));
