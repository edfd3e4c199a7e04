import { afterAll } from "vitest";
import { releaseDatabases } from "./database.js";

// Registered before any hook of the test file itself, so it runs after them all.
afterAll(releaseDatabases);
