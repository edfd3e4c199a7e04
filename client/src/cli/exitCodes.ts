import { ApiError, LoginFailed, Unreachable } from "../clientErrors.js";

/** The exit codes of the command line; documented in `docs/client.md` and `--help`. */
export const EXIT_CODE = {
  ok: 0,
  failure: 1,
  usage: 2,
  notFound: 3,
  rejected: 4,
  unreachable: 5,
  interrupted: 130,
} as const;

/** The exit codes, as `--help` shows them. */
export const EXIT_CODES_HELP = `Exit codes:
  0    success
  1    failure: an error of the service, or a watched workflow was aborted
  2    invalid command, file or request
  3    not found
  4    rejected: not logged in, not authorized, or not possible in this state
  5    service unreachable
  130  interrupted`;

/** Ends a command with a message of one sentence and an exit code of {@link EXIT_CODE}. */
export class CommandError extends Error {
  override name = "CommandError";
  readonly exitCode: number;

  constructor(exitCode: number, sentence: string) {
    super(sentence);
    this.exitCode = exitCode;
  }
}

/** The error of an invalid command. */
export const usageError = (message: string): CommandError => new CommandError(EXIT_CODE.usage, message);

const EXIT_CODE_BY_STATUS: Record<number, number> = {
  400: EXIT_CODE.usage,
  401: EXIT_CODE.rejected,
  403: EXIT_CODE.rejected,
  404: EXIT_CODE.notFound,
  409: EXIT_CODE.rejected,
  413: EXIT_CODE.usage,
  422: EXIT_CODE.rejected,
  429: EXIT_CODE.unreachable,
  503: EXIT_CODE.unreachable,
};

/** The next step after an error response, if the service's text has none. */
const NEXT_STEP_BY_STATUS: Record<number, string> = {
  401: "set EWMS_TOKEN, or EWMS_OPENID_URL and EWMS_CLIENT_ID to log in",
  403: "ask the operator of the service for the role",
  429: "try again in a minute",
  500: "report it to the operator of the service, who finds the reason in its log",
  502: "report it to the operator of the service, who finds the reason in its log",
  503: "try again in a minute",
};

/** The message of an error, one sentence with a next step, and the exit code. */
export function describeError(error: unknown): { sentence: string; exitCode: number } {
  if (error instanceof CommandError) return { sentence: error.message, exitCode: error.exitCode };
  if (error instanceof ApiError) {
    const { status, message } = error;
    const next = NEXT_STEP_BY_STATUS[status] === undefined ? "" : `: ${NEXT_STEP_BY_STATUS[status]}`;
    return { sentence: message + next, exitCode: EXIT_CODE_BY_STATUS[status] ?? EXIT_CODE.failure };
  }
  if (error instanceof Unreachable) {
    const next = error.mayHaveSucceeded
      ? "the request may have taken effect: check the workflow with ewms get"
      : "is the service running? Set EWMS_URL or --url";
    return { sentence: `${error.message}: ${next}`, exitCode: EXIT_CODE.unreachable };
  }
  if (error instanceof LoginFailed)
    return {
      sentence: `${error.message}: check EWMS_OPENID_URL, EWMS_CLIENT_ID and EWMS_CLIENT_SECRET`,
      exitCode: EXIT_CODE.rejected,
    };
  const system = systemErrorText(error);
  if (system !== undefined) return { sentence: system, exitCode: EXIT_CODE.failure };
  return { sentence: error instanceof Error ? error.message : String(error), exitCode: EXIT_CODE.failure };
}

/** What the codes of the operating system mean for files and output of a command. */
const SYSTEM_ERRORS: Readonly<Record<string, string>> = {
  EACCES: "no permission",
  EDQUOT: "the quota of the disk is used up",
  EISDIR: "is a folder, not a file",
  ENOENT: "file not found",
  ENOSPC: "no space left on the disk",
  EPIPE: "the reader has closed the pipe",
};

/** Why an operation on a file or stream failed, in a few words; undefined for other errors. */
export const systemErrorReason = (error: unknown): string | undefined =>
  error instanceof Error && "code" in error ? SYSTEM_ERRORS[String(error.code)] : undefined;

/** The same, after the name of the file or stream. */
export function systemErrorText(error: unknown): string | undefined {
  const reason = systemErrorReason(error);
  if (reason === undefined || !(error instanceof Error)) return undefined;
  const isRead = "syscall" in error && error.syscall === "read";
  return `${"path" in error ? String(error.path) : isRead ? "the input" : "the output"}: ${reason}`;
}
