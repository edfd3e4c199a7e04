import type { Command } from "commander";
import { type Client, createClient } from "../client.js";
import { createTokenFileCache, tokenFilePath } from "../tokenFile.js";
import { createTokenSource, type TokenSource } from "../tokenSource.js";
import { usageError } from "./exitCodes.js";
import type { Terminal } from "./terminal.js";

/** The environment variables, as `--help` shows them. */
export const SETTINGS_HELP = `Environment variables:
  EWMS_URL            URL of the service (http://127.0.0.1:8080)
  EWMS_TOKEN          bearer token
  EWMS_OPENID_URL     URL of the identity provider that issues tokens
  EWMS_CLIENT_ID      client id at the identity provider
  EWMS_CLIENT_SECRET  client secret; without it you log in with a browser
  EWMS_SCOPE          scope of the tokens
  NO_COLOR            disables colours`;

/** Creates a client from the options of the program and the environment. @throws CommandError for an invalid setting */
export function createCommandClient(program: Command, terminal: Terminal): Client {
  const { env } = terminal.io;
  const options = program.opts<{ url?: string; patience: number }>();
  const { url = env["EWMS_URL"] || "http://127.0.0.1:8080", patience } = options;
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol !== "http:" && parsed?.protocol !== "https:")
    throw usageError(`"${url}" is not an http or https URL: set --url or EWMS_URL`);
  let isRetryReported = false;
  return createClient({
    url,
    // The service records which program created a workflow.
    fetch: (request, init) => {
      request.headers.set("user-agent", `ewms/${program.version()}`);
      return fetch(request, init);
    },
    token: env["EWMS_TOKEN"] || tokenSourceFromEnvironment(terminal),
    retry: {
      maxSeconds: patience,
      onRetry(reason) {
        if (!isRetryReported)
          terminal.printMessage(`ewms: could not reach ${url} (${reason}), retrying for ${patience} s`);
        isRetryReported = true;
      },
    },
  });
}

/** Whether the environment has a token, or an identity provider that issues one. */
export const hasCredentials = (env: NodeJS.ProcessEnv): boolean =>
  Boolean(env["EWMS_TOKEN"] || env["EWMS_OPENID_URL"] || env["EWMS_CLIENT_ID"]);

function tokenSourceFromEnvironment(terminal: Terminal): TokenSource | undefined {
  const { env } = terminal.io;
  const issuer = env["EWMS_OPENID_URL"];
  const clientId = env["EWMS_CLIENT_ID"];
  if (!issuer && !clientId) return undefined;
  if (!issuer || !URL.canParse(issuer)) throw usageError("EWMS_OPENID_URL: set it to the URL of the identity provider");
  if (!clientId) throw usageError("EWMS_CLIENT_ID is missing: set it to the client id at the identity provider");
  const clientSecret = env["EWMS_CLIENT_SECRET"] || undefined;
  const scope = env["EWMS_SCOPE"] || undefined;
  return createTokenSource(
    { issuer, clientId, clientSecret, scope },
    {
      cache: createTokenFileCache(tokenFilePath(env)),
      // Without a terminal, such as in a cron job, the command would wait until the code expires.
      onDeviceLogin: terminal.canAskUser
        ? ({ page, code, pageWithCode = page }) =>
            terminal.printMessage(`To log in, open ${pageWithCode} and check that it shows ${code}, or enter it there.`)
        : undefined,
    },
  );
}
