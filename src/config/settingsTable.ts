import { SECTIONS } from "./settingDescription.js";
import { settingsAbout } from "./settings.js";

/** All settings as Markdown, a table for each section. */
export function settingsTables(): string {
  const settings = settingsAbout();
  return SECTIONS.map((section) => {
    const rows = settings
      .filter((setting) => setting.section === section)
      .map(
        ({ name, fallback, shownDefault, description }) =>
          `| \`${name}\` | ${shownDefault ?? shown(fallback)} | ${description.replaceAll("|", "\\|")} |`,
      );
    return `### ${section}\n\n| name | default | what |\n| --- | --- | --- |\n${rows.join("\n")}\n`;
  }).join("\n");
}

const shown = (fallback: unknown): string =>
  fallback === undefined || fallback === "" ? "" : `\`${String(fallback)}\``;
