import { settingsTables } from "../../src/config/settingsTable.js";

const PART = /(<!-- settings: .* -->\n)[\s\S]*(<!-- end of settings -->)/;

/** A page with its tables of settings made anew. */
export const withSettings = (page: string): string =>
  page.replace(PART, (_, begin: string, end: string) => `${begin}\n${settingsTables()}\n${end}`);
