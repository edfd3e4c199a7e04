import type { LifecycleSettings } from "../domain/lifecycleSettings.js";
import { MAIL_PREFIX } from "../domain/webhook.js";
import { refusalOfMail } from "./mail.js";
import { refusalOfUrl } from "./publicAddress.js";

/** Why a webhook can't have an address, as far as it is known without DNS; undefined: it can. */
export const refusalOfReceiver = (
  url: string,
  { allowPrivateWebhooks, mail }: Pick<LifecycleSettings, "allowPrivateWebhooks" | "mail">,
): string | undefined =>
  url.startsWith(MAIL_PREFIX) ? refusalOfMail(url, mail) : refusalOfUrl(url, allowPrivateWebhooks);
