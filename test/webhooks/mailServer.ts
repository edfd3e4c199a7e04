import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";

/** A message as the server got it. */
export interface ReceivedMail {
  from: string;
  to: string[];
  /** The whole message: headers and body. */
  text: string;
}

/** What the server says to the recipient of a message: undefined accepts it. */
export type RecipientAnswer = { status: number; text: string } | undefined;

/** A real mail server that asks for a password. */
export class MailServer {
  static readonly user = "ewms";
  static readonly password = "pass-of-the-mail-server";
  readonly received: ReceivedMail[] = [];
  /** Answers to the next recipients; later ones are accepted. */
  answers: RecipientAnswer[] = [];
  readonly #server: SMTPServer;

  private constructor() {
    this.#server = new SMTPServer({
      hideSTARTTLS: true,
      allowInsecureAuth: true,
      onAuth: ({ username, password }, _session, callback) => {
        const isKnown = username === MailServer.user && password === MailServer.password;
        callback(isKnown ? null : new Error("wrong password"), isKnown ? { user: username } : undefined);
      },
      onRcptTo: (_address, _session, callback) => {
        const answer = this.answers.shift();
        callback(answer && Object.assign(new Error(answer.text), { responseCode: answer.status }));
      },
      onData: (stream, { envelope }, callback) => {
        const chunks: Buffer[] = [];
        stream.on("data", (chunk: Buffer) => chunks.push(chunk));
        stream.on("end", () => {
          const { mailFrom, rcptTo } = envelope;
          this.received.push({
            from: mailFrom === false ? "" : mailFrom.address,
            to: rcptTo.map(({ address }) => address),
            text: Buffer.concat(chunks).toString(),
          });
          callback();
        });
      },
    });
  }

  static async start(): Promise<MailServer> {
    const mailServer = new MailServer();
    await new Promise<void>((resolve) => mailServer.#server.listen(0, "127.0.0.1", resolve));
    return mailServer;
  }

  /** Its address as a setting. */
  get url(): string {
    const { port } = this.#server.server.address() as AddressInfo;
    return `smtp://${MailServer.user}:${MailServer.password}@127.0.0.1:${port}`;
  }

  stop(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}
