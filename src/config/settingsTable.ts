import { SECTIONS } from "./settingDescription.js";
import { describeSettings } from "./settings.js";

/** Renders all settings as Markdown, with a table for each section. */
export function renderSettingsTables(): string {
  const settings = describeSettings();
  return SECTIONS.map((section) => {
    const rows = settings
      .filter((setting) => setting.section === section)
      .map(
        ({ name, fallback, shownDefault, description }) =>
          `| \`${name}\` | ${shownDefault ?? formatDefault(fallback)} | ${description.replaceAll("|", "\\|")} |`,
      );
    return `### ${section}\n\n| name | default | meaning |\n| --- | --- | --- |\n${rows.join("\n")}\n`;
  }).join("\n");
}

const formatDefault = (fallback: unknown): string =>
  fallback === undefined || fallback === "" ? "" : `\`${String(fallback)}\``;
