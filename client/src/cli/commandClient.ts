import type { Command } from "commander";
import { type Client, createClient } from "../client.js";
import { createTokenFileCache, tokenFilePath } from "../tokenFile.js";
import { createTokenSource, type DeviceLogin, type TokenSource } from "../tokenSource.js";
import { usageError } from "./exitCodes.js";
import { printToStderr } from "./terminal.js";

/** Options that every command has. */
export interface GlobalOptions {
  url?: string;
  patience: number;
}

/** As `--help` shows them. */
export const SETTINGS_HELP = `Settings, from the environment:
  EWMS_URL            where the service is (http://127.0.0.1:8080)
  EWMS_TOKEN          a bearer token
  EWMS_OPENID_URL     the identity provider to get tokens from, with
  EWMS_CLIENT_ID      the client's id there, and
  EWMS_CLIENT_SECRET  its secret; without one you log in with a browser
  EWMS_SCOPE          what to ask the provider for
  NO_COLOR            no colours`;

/** A client as the command's options and the environment ask for it. */
export function createCommandClient(command: Command, signal?: AbortSignal): Client {
  const { url = process.env["EWMS_URL"] || "http://127.0.0.1:8080", patience } =
    command.optsWithGlobals<GlobalOptions>();
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol !== "http:" && parsed?.protocol !== "https:")
    throw usageError(`"${url}" is no http or https address: set --url or EWMS_URL`);
  return createClient({
    url,
    token: process.env["EWMS_TOKEN"] || tokenSourceFromEnvironment(signal),
    retry: {
      maxSeconds: patience,
      onRetry: printOnce((reason) => `ewms: could not reach ${url} (${reason}), tries for ${patience} s`),
    },
  });
}

function tokenSourceFromEnvironment(signal: AbortSignal | undefined): TokenSource | undefined {
  const issuer = process.env["EWMS_OPENID_URL"];
  const clientId = process.env["EWMS_CLIENT_ID"];
  if (!issuer && !clientId) return undefined;
  if (!issuer || !URL.canParse(issuer)) throw usageError("EWMS_OPENID_URL must be the address of the provider");
  if (!clientId) throw usageError("EWMS_CLIENT_ID is missing: set it to the client's id at the provider");
  return createTokenSource(
    {
      issuer,
      clientId,
      clientSecret: process.env["EWMS_CLIENT_SECRET"] || undefined,
      scope: process.env["EWMS_SCOPE"] || undefined,
    },
    { cache: createTokenFileCache(tokenFilePath(process.env)), onDeviceLogin: printDeviceLogin, signal },
  );
}

function printDeviceLogin({ page, code, pageWithCode }: DeviceLogin): void {
  printToStderr(`To log in, open ${pageWithCode ?? page} and check that it shows ${code}, or enter it there.`);
}

function printOnce(sentence: (reason: string) => string): (reason: string) => void {
  let isPrinted = false;
  return (reason) => {
    if (!isPrinted) printToStderr(sentence(reason));
    isPrinted = true;
  };
}
