import type { MailSettings } from "../domain/lifecycleSettings.js";
import { readBasePath } from "./accessConfig.js";
import { ConfigError, type Settings } from "./settings.js";

/** The settings of e-mail; undefined: it is off. @throws ConfigError when one of them is missing */
export function readMailConfig(env: Settings): MailSettings | undefined {
  const { SMTP_URL: smtpUrl, SMTP_FROM: from, MAIL_DOMAINS: domains, PUBLIC_URL: publicUrl } = env;
  if (smtpUrl === undefined) return undefined;
  if (from === undefined) throw new ConfigError("SMTP_FROM: is required with SMTP_URL");
  if (domains === undefined) throw new ConfigError("MAIL_DOMAINS: is required with SMTP_URL");
  return {
    smtpUrl,
    from,
    domains: domains
      .split(/[\s,]+/)
      .filter((domain) => domain !== "")
      .map((domain) => domain.toLowerCase()),
    pageUrl: publicUrl && publicUrl.origin + readBasePath(env),
  };
}
