import { describeSettings } from "../../src/config/settings.js";
import { groupBy } from "../../src/domain/groupBy.js";

const SETTINGS_SECTION = /(<!-- settings: .* -->\n)[\s\S]*(<!-- end of settings -->)/;

/** Returns the page with freshly generated settings tables. */
export const replaceSettingsSection = (page: string): string =>
  page.replace(SETTINGS_SECTION, (_, begin: string, end: string) => `${begin}\n${renderSettingsTables()}\n${end}`);

/** Renders all settings as Markdown, with a table for each section. */
function renderSettingsTables(): string {
  const sections = groupBy(describeSettings(), ({ section }) => section);
  return [...sections]
    .map(([section, settings]) => {
      const rows = settings.map(
        ({ name, fallback, shownDefault, description, isSecret }) =>
          `| \`${name}\`${isSecret ? " (F)" : ""} | ${shownDefault ?? formatDefault(fallback)} ` +
          `| ${description.replaceAll("|", "\\|")} |`,
      );
      return `### ${section}\n\n| name | default | meaning |\n| --- | --- | --- |\n${rows.join("\n")}\n`;
    })
    .join("\n");
}

const formatDefault = (fallback: unknown): string =>
  fallback === undefined || fallback === "" ? "" : `\`${String(fallback)}\``;
