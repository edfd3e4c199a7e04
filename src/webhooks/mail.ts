import type { MailSettings } from "../domain/lifecycleSettings.js";
import { truncateText } from "../domain/truncateText.js";
import { MAIL_PREFIX, type NotificationContents, type Webhook } from "../domain/webhook.js";

/** Characters of a subject. */
const MAX_SUBJECT_CHARS = 150;
/** One recipient, without the parts of a `mailto:` address that would change the message. */
const RECIPIENT = /^[^\s@<>()[\]\\,;:"?&%]+@([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)$/i;

/** Why a webhook can't send e-mail to an address; undefined: it can. @param url begins with `mailto:` */
export function refusalOfMail(url: string, settings: MailSettings | undefined): string | undefined {
  if (settings === undefined) return "this service sends no e-mail";
  const [, domain] = RECIPIENT.exec(url.slice(MAIL_PREFIX.length)) ?? [];
  if (domain === undefined) return "is not mailto: and one e-mail address";
  if (settings.domains.includes(domain.toLowerCase())) return undefined;
  return `e-mail goes to these domains only: ${settings.domains.join(", ")}`;
}

/** How the mail server answered. `reason` undefined: it accepted the message. */
interface MailAnswer {
  status: number | null;
  reason?: string;
  mayRetry: boolean;
}

/** Sends one message on a connection of its own. @param timeoutMs for each step of the protocol */
export async function sendMail(
  settings: MailSettings | undefined,
  { url, webhook_id }: Pick<Webhook, "url" | "webhook_id">,
  contents: NotificationContents,
  timeoutMs: number,
): Promise<MailAnswer> {
  // The settings may have changed since the registration.
  const refusal = refusalOfMail(url, settings);
  if (settings === undefined || refusal !== undefined)
    return { status: null, reason: `the address is refused: ${refusal}`, mayRetry: false };
  // Loaded here: most processes never send e-mail.
  const { createTransport } = await import("nodemailer");
  const timeouts = { connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs };
  const transport = createTransport({
    url: settings.smtpUrl,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...timeouts,
  });
  try {
    const { response } = await transport.sendMail({
      from: settings.from,
      to: url.slice(MAIL_PREFIX.length),
      subject: subjectOf(contents),
      text: textOf(contents, webhook_id, settings.pageUrl),
      headers: { "Auto-Submitted": "auto-generated", "X-EWMS-Delivery": contents.delivery_id },
    });
    return { status: Number.parseInt(response, 10) || null, mayRetry: false };
  } catch (error) {
    const { responseCode = null, code = "no answer" } = error as { responseCode?: number; code?: string };
    const said = responseCode === null ? code : `${code}, SMTP ${responseCode}`;
    // Status 5xx is final by the standard; a wrong password is not the fault of the message.
    const isFinal = responseCode !== null && responseCode >= 500 && code !== "EAUTH";
    return { status: responseCode, reason: `the mail server did not accept the message: ${said}`, mayRetry: !isFinal };
  } finally {
    transport.close();
  }
}

const nameOf = ({ workflow }: NotificationContents): string => workflow?.name ?? workflow?.workflow_id ?? "";

const subjectOf = (contents: NotificationContents): string =>
  truncateText(`[EWMS] ${contents.event.replaceAll("-", " ")} ${nameOf(contents)}`.trim(), MAX_SUBJECT_CHARS);

function textOf(contents: NotificationContents, webhookId: string, pageUrl: string | undefined): string {
  const { workflow, sentence, dead_letters: deadLetters = [] } = contents;
  const labels = Object.entries(workflow?.labels ?? {}).map(([key, value]) => `${key}=${value}`);
  return [
    sentence ?? "This is a test.",
    "",
    ...(workflow === null
      ? []
      : [`Workflow: ${workflow.workflow_id}${workflow.name === null ? "" : `, ${workflow.name}`}`]),
    ...(labels.length === 0 ? [] : [`Labels: ${labels.join(", ")}`]),
    ...deadLetters.map(({ taskforce_uuid, schedd, error }) => `${taskforce_uuid} at ${schedd}: ${error ?? "no error"}`),
    ...(workflow === null || pageUrl === undefined ? [] : [`Page: ${pageUrl}/workflows/${workflow.workflow_id}`]),
    "",
    `To end these messages: ewms webhooks remove ${webhookId}`,
    "",
  ].join("\n");
}
