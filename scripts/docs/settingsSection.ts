import { renderSettingsTables } from "../../src/config/settingsTable.js";

const SETTINGS_SECTION = /(<!-- settings: .* -->\n)[\s\S]*(<!-- end of settings -->)/;

/** Returns the page with freshly generated settings tables. */
export const replaceSettingsSection = (page: string): string =>
  page.replace(SETTINGS_SECTION, (_, begin: string, end: string) => `${begin}\n${renderSettingsTables()}\n${end}`);
